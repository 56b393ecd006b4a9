// rebolt store lock URL KEY [COMMAND…]
#include <array>
#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/store_command.hpp>

#include "cli/bucket_path.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{20};

struct StoreLockCommand {
    StoreConnection connection;
    std::string url;
    std::string key;
    std::vector<std::string> command;
    std::string value;
    double time_to_live_seconds = 20;
    double wait_seconds = -1;
};

// Requested when the user cancels or the wait is over.
class WaitToken {
public:
    explicit WaitToken(double seconds)
        : watcher_([this, seconds](const std::stop_token& end) {
              const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
              while (!end.stop_requested() && !cancelled() &&
                     (seconds < 0 || Clock::now() < deadline))
                  std::this_thread::sleep_for(look_interval);
              source_.request_stop();
          }) {}
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::jthread watcher_;
};

ExitCode report_no_lock(store::Store& store, const Error& error, const StoreLockCommand& options) {
    if (error.code() != ErrorCode::cancelled || cancelled())
        return report_store(error);
    const auto holder = store.get(options.key);
    return report(Error(ErrorCode::cannot_lock,
                        fmt::format("{} is locked{}", printable(options.key),
                                    holder ? " by " + printable(holder->value) : "")));
}

ExitCode run_command(const store::Lock& lock, const StoreLockCommand& options) {
    const WaitToken until_cancelled(-1);
    const auto code = store::run_under_lock(lock, options.command, until_cancelled.token());
    if (code)
        return static_cast<ExitCode>(*code);
    return report(Error(code.error().code(), printable(code.error().message())), {});
}

ExitCode hold(const store::Lock& lock, const StoreLockCommand& options) {
    if (wants_json())
        print_document({{"shape", "rebolt.store-lock/1"},
                        {"url", options.url},
                        {"key", printable(options.key)},
                        {"held", true}});
    else
        print("held; Ctrl-C frees it\n");
    static_cast<void>(finish_output());
    const std::stop_token lost = lock.lost();
    while (!cancelled() && !lost.stop_requested())
        std::this_thread::sleep_for(look_interval);
    if (!lost.stop_requested())
        return ExitCode::done;
    return report(Error(ErrorCode::cannot_lock, "the lock was lost"));
}

ExitCode run(const StoreLockCommand& options) {
    end_by_oneself(); // the lock is held until the command under it has ended
    const auto store = open_store(options.connection, options.url, IfMissing::make);
    if (!store)
        return report_store(store.error());
    store::LockOptions lock_options{.value = options.value};
    lock_options.time_to_live = to_milliseconds(options.time_to_live_seconds);
    const auto lock = (*store)->new_lock(options.key, lock_options);
    if (!lock)
        return report_store(lock.error());
    {
        const WaitToken wait(options.wait_seconds);
        if (const auto acquired = (*lock)->acquire(wait.token()); !acquired)
            return report_no_lock(**store, acquired.error(), options);
    }
    const ExitCode code =
        options.command.empty() ? hold(**lock, options) : run_command(**lock, options);
    static_cast<void>((*lock)->release()); // lost, it is not ours to free
    return code;
}

std::string holder_name() {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return fmt::format("{}, process {}", host.data(), ::getpid());
}

} // namespace

void set_up_store_lock(Arguments arguments) {
    auto options = std::make_shared<StoreLockCommand>();
    options->value = holder_name();
    add_url_and_key(arguments, options->url, &options->key);
    arguments.positionals("COMMAND", options->command, "What to run under the lock, after --");
    options->connection.add_to(arguments);
    arguments
        .option("--value", options->value,
                "What the key shows while the lock is held (default: host and process)")
        .value_name("VALUE");
    arguments
        .option("--ttl", options->time_to_live_seconds,
                "Seconds after which the lock is free if this program dies (etcd; on bolt the "
                "kernel frees it at once)")
        .check(seconds_number(0.001))
        .show_default();
    arguments
        .option("--wait", options->wait_seconds,
                "Seconds to wait for the lock (default: without end)")
        .check(seconds_number());
    arguments.footer("Without a command it holds the lock until Ctrl-C.\nExample: rebolt store "
                     "lock etcd://localhost:2379/app jobs/nightly -- ./nightly");
    arguments.exit_codes("the command's; without one 0; 8 the lock is held by another or was lost");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
