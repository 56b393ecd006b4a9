#include "systemd/notify.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace rebolt::systemd {
namespace {

// A socket that systemd would listen on.
class NotifySocket {
public:
    explicit NotifySocket(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        EXPECT_LT(path.size(), sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        if (path.front() == '@') // an abstract one
            address.sun_path[0] = '\0';
        const void* const at = &address;
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        EXPECT_EQ(::bind(socket_, static_cast<const sockaddr*>(at), size), 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    ~NotifySocket() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
    }
    // Empty if there is no datagram.
    [[nodiscard]] std::string receive() const {
        std::array<char, 4096> text{};
        const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
        return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
    }

private:
    int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Notify, ReachesTheSocketThatSystemdNames) {
    const test::TemporaryFolder folder;
    for (const std::string& path :
         {folder.path("notify"), "@rebolt-test-" + std::to_string(::getpid())}) {
        const NotifySocket socket(path);
        notify(starting("checking a file", std::chrono::seconds{90}));
        EXPECT_EQ(socket.receive(), "EXTEND_TIMEOUT_USEC=90000000\nSTATUS=checking a file");
    }
}

TEST(Notify, ASocketThatIsNotThereIsNoFailure) {
    ::setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
    notify("READY=1");
    ::setenv("NOTIFY_SOCKET", std::string(1000, 'x').c_str(), 1);
    notify("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
}

TEST(Notify, DoesNothingWithoutSystemd) {
    ::unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
}

} // namespace
} // namespace rebolt::systemd
