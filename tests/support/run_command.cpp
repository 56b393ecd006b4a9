#include "support/run_command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "io/subprocess.hpp"

namespace rebolt::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
    std::fputs((what + "\n").c_str(), stderr);
    std::abort();
}

// Appends what is there. False at the end.
bool read_some(int descriptor, std::string& text) {
    std::array<char, 65536> piece{};
    const ssize_t size = ::read(descriptor, piece.data(), piece.size());
    if (size < 0)
        return errno == EINTR;
    text.append(piece.data(), static_cast<std::size_t>(size));
    return size > 0;
}

} // namespace

CommandResult run_command(const std::vector<std::string>& words, std::chrono::seconds longest) {
    auto started = io::Subprocess::start({.command = words,
                                          .in = io::Stream::null,
                                          .out = io::Stream::pipe,
                                          .err = io::Stream::pipe});
    if (!started)
        give_up(started.error().message());
    io::Subprocess child = *std::move(started);
    CommandResult result{.out = {}, .err = {}, .exit_code = 0};
    std::array<pollfd, 2> ends{pollfd{child.out(), POLLIN, 0}, pollfd{child.err(), POLLIN, 0}};
    const Clock::time_point deadline = Clock::now() + longest;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (Clock::now() > deadline)
            child.signal(SIGKILL);
        ::poll(ends.data(), ends.size(), 100);
        for (pollfd& end : ends)
            if (end.fd >= 0 && end.revents != 0 &&
                !read_some(end.fd, end.fd == child.out() ? result.out : result.err))
                end.fd = -1;
    }
    result.exit_code = child.wait();
    return result;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        give_up("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace rebolt::test
