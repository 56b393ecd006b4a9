#include "cli/cancel.hpp"

#include <csignal>
#include <string_view>

#include <unistd.h>

#include <rebolt/interrupt.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {
namespace {

constexpr unsigned patience_seconds = 1;

volatile std::sig_atomic_t cancel_requested = 0;
volatile std::sig_atomic_t ends_by_itself = 0;

// What has not ended by itself a moment after it was asked to.
void end_now(int /*signal*/) {
    if (is_changing_in_place()) {
        ::alarm(patience_seconds);
        return;
    }
    remove_unfinished_files();
    constexpr std::string_view text = "rebolt: cancelled\n";
    [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(static_cast<int>(ExitCode::cancelled));
}

void request_cancel(int signal) {
    cancel_requested = 1;
    if (ends_by_itself != 0) {
        std::signal(signal, SIG_DFL);
        return;
    }
    std::signal(signal, end_now); // the user insists
    ::alarm(patience_seconds);
}

} // namespace

void handle_cancel_signals() {
    std::signal(SIGALRM, end_now);
    std::signal(SIGINT, request_cancel);
    std::signal(SIGTERM, request_cancel);
    std::signal(SIGPIPE, SIG_IGN);
}

void end_by_oneself() noexcept {
    ends_by_itself = 1;
}

bool cancelled() noexcept {
    return cancel_requested != 0;
}

} // namespace rebolt::cli
