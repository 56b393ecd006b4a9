#include "systemd/notify.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "systemd/library.hpp"

namespace rebolt::systemd {
namespace {

// A socket that systemd would listen on.
class NotifySocket {
public:
    NotifySocket() {
        const std::string path = folder_.path("notify");
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        EXPECT_LT(path.size(), sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        const void* const at = &address;
        EXPECT_EQ(::bind(socket_, static_cast<const sockaddr*>(at), sizeof address), 0);
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
    test::TemporaryFolder folder_;
    int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Notify, ReachesTheSocketThatSystemdNames) {
    if (!Library::load())
        GTEST_SKIP() << "there is no libsystemd";
    const NotifySocket socket;
    notify(starting("checking a file", std::chrono::seconds{90}));
    EXPECT_EQ(socket.receive(), "EXTEND_TIMEOUT_USEC=90000000\nSTATUS=checking a file");
}

TEST(Notify, DoesNothingWithoutSystemd) {
    ::unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
}

} // namespace
} // namespace rebolt::systemd
