#include "cli/commands/store/connection.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* password_variable = "REBOLT_STORE_PASSWORD";

} // namespace

void StoreConnection::add_to(Arguments arguments) {
    arguments.flag("-q,--quiet", quiet, "Print results only, no notes or progress").common();
    arguments
        .option("--timeout", timeout_seconds,
                "How long to wait for the file's lock, or for a server")
        .check(seconds_number())
        .show_default()
        .common();
    arguments.option("--user", options.user, "etcd: the user").value_name("NAME");
    arguments.option("--password", options.password, "etcd: the user's password")
        .value_name("PASSWORD")
        .from_environment(password_variable);
    arguments.option("--ca", options.ca_file, "etcd, TLS: who signed the servers' certificates")
        .value_name("FILE");
    arguments.option("--cert", options.cert_file, "etcd, TLS: the client's certificate")
        .value_name("FILE");
    arguments.option("--key", options.key_file, "etcd, TLS: the client's key").value_name("FILE");
}

Result<std::unique_ptr<store::Store>> open_store(const StoreConnection& connection,
                                                 const std::string& url, IfMissing if_missing) {
    ::unsetenv(password_variable); // what is started under a lock has no need of it
    store::StoreOptions options = connection.options;
    const auto timeout = to_milliseconds(connection.timeout_seconds);
    options.connect_timeout = timeout;
    options.call_timeout = timeout;
    options.create = if_missing == IfMissing::make;
    return store::open(url, options);
}

ExitCode report_store(const Error& error) {
    if (error.code() == ErrorCode::lock_timeout) // there is no --no-lock here
        return report(error, {"Stop that program, or wait longer with --timeout."});
    const ExitCode code = report(error);
    return error.code() == ErrorCode::invalid_argument ? ExitCode::usage : code;
}

CancelToken::CancelToken()
    : watcher_([this](const std::stop_token& end) {
          constexpr std::chrono::milliseconds interval{20};
          while (!end.stop_requested() && !source_.stop_requested()) {
              if (cancelled())
                  source_.request_stop();
              std::this_thread::sleep_for(interval);
          }
      }) {}

Document pair_json(const store::PairView& pair) {
    Document json = Document::object();
    put_bytes(json, "key", pair.key, KeyFormat::automatic);
    put_bytes(json, "value", pair.value, KeyFormat::automatic);
    json["index"] = pair.last_index;
    return json;
}

void add_url_and_key(Arguments arguments, std::string& url, std::string* key) {
    arguments
        .positional("URL", url,
                    "The store: bolt:///path/to/file.db?bucket=NAME or etcd://host:2379")
        .required();
    if (key != nullptr)
        arguments.positional("KEY", *key, "The key").required();
}

} // namespace rebolt::cli
