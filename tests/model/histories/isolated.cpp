#include "isolated.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rebolt::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void run_and_exit(const std::function<std::string()>& work, int out) {
    ::setpgid(0, 0); // to be killed with those that it starts
    std::string result;
    try {
        result = work();
    } catch (const std::exception& error) {
        result = fmt::format("exception: {}", error.what());
    }
    for (std::size_t at = 0; at < result.size();) {
        const ssize_t size = ::write(out, result.data() + at, result.size() - at);
        if (size < 0)
            ::_exit(1);
        at += static_cast<std::size_t>(size);
    }
    ::_exit(0);
}

// All that comes until the other end is closed or the time is up.
bool read_until(int in, Clock::time_point deadline, std::string& text) {
    std::array<char, 65536> piece{};
    while (Clock::now() < deadline) {
        pollfd end{in, POLLIN, 0};
        if (::poll(&end, 1, 100) <= 0)
            continue;
        const ssize_t size = ::read(in, piece.data(), piece.size());
        if (size == 0)
            return true;
        if (size > 0)
            text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return false;
}

} // namespace

std::string isolated(const std::function<std::string()>& work, std::chrono::seconds longest) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        std::perror("pipe");
        std::abort();
    }
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        std::perror("fork");
        std::abort();
    }
    if (child == 0)
        run_and_exit(work, ends[1]);
    ::close(ends[1]);
    std::string result;
    const bool in_time = read_until(ends[0], Clock::now() + longest, result);
    ::close(ends[0]);
    if (!in_time)
        ::kill(-child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!in_time)
        return fmt::format("crash: no end after {} s", longest.count());
    if (WIFSIGNALED(status))
        return fmt::format("crash: signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return fmt::format("crash: exit code {}", WEXITSTATUS(status));
    return result;
}

} // namespace rebolt::test
