#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include <rebolt/store_command.hpp>

#include "base/try.hpp"
#include "io/subprocess.hpp"

namespace rebolt::store {

Result<int> run_under_lock(const Lock& lock, const std::vector<std::string>& command,
                           const std::stop_token& stop) {
    constexpr std::chrono::milliseconds poll_interval{20};
    if (command.empty())
        return Error(ErrorCode::invalid_argument, "there is no command to run");
    io::Subprocess child = TRY(io::Subprocess::start({.command = command}));
    const std::stop_token lost = lock.lost();
    bool is_terminated = false;
    std::optional<int> exit_code;
    while (!(exit_code = child.poll())) {
        if ((lost.stop_requested() || stop.stop_requested()) && !is_terminated) {
            child.signal(SIGTERM);
            is_terminated = true;
        }
        std::this_thread::sleep_for(poll_interval);
    }
    if (lost.stop_requested())
        return Error(ErrorCode::cannot_lock, "the lock was lost while the command ran");
    return *exit_code;
}

} // namespace rebolt::store
