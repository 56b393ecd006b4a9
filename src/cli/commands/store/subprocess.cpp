#include "cli/commands/store/subprocess.hpp"

#include <csignal>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rebolt::cli {

int Subprocess::start(const std::vector<std::string>& command) {
    std::vector<std::string> copies = command;
    std::vector<char*> arguments;
    arguments.reserve(copies.size() + 1);
    for (std::string& word : copies)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    // What this program does about signals is none of the child's affair.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
        ::sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int failed = ::posix_spawnp(&process_, arguments.front(), nullptr, &attributes,
                                      arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    return failed;
}

std::optional<int> Subprocess::ended() const {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) != process_)
        return std::nullopt;
    constexpr int signal_base = 128;
    return WIFSIGNALED(status) ? signal_base + WTERMSIG(status) : WEXITSTATUS(status);
}

void Subprocess::terminate() const {
    ::kill(process_, SIGTERM);
}

} // namespace rebolt::cli
