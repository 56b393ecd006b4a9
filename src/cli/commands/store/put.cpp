// rebolt store put URL KEY [VALUE]
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/key_format.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct StorePutCommand {
    StoreConnection connection;
    std::string url;
    std::string key;
    std::string value;
    std::string value_file;
    ParseFormat key_format = ParseFormat::ascii_encoded;
    double time_to_live_seconds = 0;
    std::uint64_t if_index = 0;
    bool if_missing = false;
    bool is_directory = false;
};

Result<std::string> value_of(const StorePutCommand& options) {
    if (options.value_file.empty())
        return options.value;
    std::ifstream file(options.value_file == "-" ? "/dev/stdin" : options.value_file,
                       std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file && !file.eof())
        return Error(ErrorCode::file_not_found, "cannot read the value")
            .in_file(options.value_file);
    return content;
}

// The pair that was written; without a comparison its index is not known.
Result<store::KeyValue> put(store::Store& store, const StorePutCommand& options,
                            const store::KeyValue& pair) {
    store::PutOptions put{.is_directory = options.is_directory};
    if (options.time_to_live_seconds > 0)
        put.time_to_live = to_milliseconds(options.time_to_live_seconds);
    if (options.if_missing)
        return store.atomic_put(pair.key, pair.value, std::nullopt, put);
    if (options.if_index != 0)
        return store.atomic_put(pair.key, pair.value,
                                store::KeyValue{pair.key, "", options.if_index}, put);
    if (auto done = store.put(pair.key, pair.value, put); !done)
        return std::move(done).error();
    return pair;
}

ExitCode run(const StorePutCommand& options) {
    const auto key = parsed(options.key, options.key_format);
    if (!key)
        return report_store(key.error());
    const auto value = value_of(options);
    if (!value)
        return report_store(value.error());
    const auto store = open_store(options.connection, options.url, IfMissing::make);
    if (!store)
        return report_store(store.error());
    const auto pair = put(**store, options, {*key, *value, 0});
    if (!pair)
        return report_store(pair.error());
    if (wants_json()) {
        Document json{{"shape", "rebolt.store-put/1"}, {"url", options.url}};
        put_bytes(json, "key", pair->key, KeyFormat::automatic);
        json["index"] = pair->last_index == 0 ? Document(nullptr) : Document(pair->last_index);
        print_document(json);
    } else if (pair->last_index != 0) {
        print(fmt::format("index {}\n", pair->last_index));
    }
    return ExitCode::done;
}

} // namespace

void set_up_store_put(Arguments arguments) {
    auto options = std::make_shared<StorePutCommand>();
    add_url_and_key(arguments, options->url, &options->key);
    const Option value =
        arguments.positional("VALUE", options->value, "The value; empty if it is left out");
    options->connection.add_to(arguments);
    arguments
        .option("--value-file", options->value_file,
                "Take the value from this file; - for standard input")
        .value_name("FILE")
        .excludes(value);
    add_parse_option(arguments, "--parse-format", options->key_format, "How the key is given");
    arguments
        .option("--ttl", options->time_to_live_seconds,
                "Seconds until the key is removed again (etcd)")
        .check(seconds_number(0.001));
    const Option index = arguments
                             .option("--if-index", options->if_index,
                                     "Only if the key's index is this one; prints the new one")
                             .check(whole_number(1));
    arguments.flag("--if-missing", options->if_missing, "Only if there is no such key")
        .excludes(index);
    arguments.flag("--directory", options->is_directory, "A directory marker: no value");
    arguments.footer("A bolt file or bucket that is not there is made.\nExample: rebolt store put "
                     "'bolt://kv.db?bucket=app' users/7 Jo\n         rebolt store put "
                     "etcd://localhost:2379/app users/7 Kim --if-index 12");
    arguments.exit_codes("0 written, 4 the file is damaged, 8 not written (the key was modified, "
                         "exists, or the store cannot be reached)");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
