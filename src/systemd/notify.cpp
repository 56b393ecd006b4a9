#include "systemd/notify.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::systemd {

std::string starting(const std::string& status, std::chrono::microseconds more) {
    return fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS={}", more.count(), status);
}

// A datagram to a socket of the file system, or to an abstract one, `@name`.
void notify(const std::string& notification) {
    const char* const given = std::getenv("NOTIFY_SOCKET");
    const std::string_view path = given == nullptr ? "" : given;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return;
    std::ranges::copy(path, std::begin(address.sun_path));
    if (path.front() == '@')
        address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0)
        return;
    const void* const to = &address;
    static_cast<void>(
        ::sendto(socket, notification.data(), notification.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 static_cast<const sockaddr*>(to),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())));
    ::close(socket);
}

} // namespace rebolt::systemd
