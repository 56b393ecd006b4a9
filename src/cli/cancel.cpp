#include "cli/cancel.hpp"

#include <csignal>

namespace rebolt::cli {
namespace {

volatile std::sig_atomic_t cancel_requested = 0;

void request_cancel(int signal) {
    cancel_requested = 1;
    std::signal(signal, SIG_DFL);
}

} // namespace

void handle_cancel_signals() {
    std::signal(SIGINT, request_cancel);
    std::signal(SIGTERM, request_cancel);
    std::signal(SIGPIPE, SIG_IGN);
}

bool cancelled() noexcept {
    return cancel_requested != 0;
}

} // namespace rebolt::cli
