#include "support/run_command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rebolt::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
    std::fputs((what + "\n").c_str(), stderr);
    std::abort();
}

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            give_up("cannot make a pipe");
    }
    std::array<int, 2> ends{-1, -1};
};

pid_t spawn(const std::vector<std::string>& words, const Pipe& out, const Pipe& err) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write to them
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
    pid_t child = -1;
    if (::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
        give_up("cannot run " + words[0]);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(out.ends[1]);
    ::close(err.ends[1]);
    return child;
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
    const Pipe out;
    const Pipe err;
    const pid_t child = spawn(words, out, err);
    CommandResult result{.out = {}, .err = {}, .exit_code = 0};
    std::array<pollfd, 2> ends{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    const Clock::time_point deadline = Clock::now() + longest;
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (Clock::now() > deadline)
            ::kill(child, SIGKILL);
        ::poll(ends.data(), ends.size(), 100);
        for (pollfd& end : ends)
            if (end.fd >= 0 && end.revents != 0 &&
                !read_some(end.fd, end.fd == out.ends[0] ? result.out : result.err))
                end.fd = -1;
    }
    ::close(out.ends[0]);
    ::close(err.ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        give_up("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace rebolt::test
