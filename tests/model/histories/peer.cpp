#include "peer.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rebolt::test {

// One socket is both its standard input and its standard output.
Peer::Peer(const std::string& program) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        std::perror("socketpair");
        std::abort();
    }
    socket_ = ends[0];
    std::string path = program;
    std::string mode = "batch";
    std::array<char*, 3> words{path.data(), mode.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (::posix_spawn(&child_, words[0], &actions, nullptr, words.data(), environ) != 0) {
        std::perror(words[0]);
        std::abort();
    }
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
}

Peer::~Peer() {
    ::close(socket_);
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Peer::Answer Peer::ask(const std::string& command) {
    const std::string line = command + '\n';
    if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) < 0)
        return {{}, "bboltpeer is gone"};
    std::string text;
    std::array<char, 65536> piece{};
    for (;;) {
        const ssize_t size = ::read(socket_, piece.data(), piece.size());
        if (size <= 0)
            return {std::move(text), "bboltpeer ended while it ran: " + command};
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (!text.ends_with('\n'))
            continue;
        // An answer ends with a line `= ok`, or `= ` and the error.
        const std::size_t last = text.size() < 2 ? 0 : text.rfind('\n', text.size() - 2) + 1;
        if (text.compare(last, 2, "= ") != 0)
            continue;
        std::string error = text.substr(last + 2, text.size() - last - 3);
        text.resize(last);
        return {std::move(text), error == "ok" ? std::string{} : std::move(error)};
    }
}

} // namespace rebolt::test
