#include "systemd/notify.hpp"

#include <cstdlib>

#include <systemd/sd-daemon.h>

#include <fmt/format.h>

#include "systemd/library.hpp"

namespace rebolt::systemd {

std::string starting(const std::string& status, std::chrono::microseconds more) {
    return fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS={}", more.count(), status);
}

void notify(const std::string& notification) {
    if (std::getenv("NOTIFY_SOCKET") == nullptr)
        return;
    const auto library = Library::load();
    decltype(&::sd_notify) send = nullptr;
    if (library && library->find("sd_notify", send))
        static_cast<void>(send(0, notification.c_str()));
}

} // namespace rebolt::systemd
