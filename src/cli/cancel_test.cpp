// Ctrl-C: commands that stream stop soon, and say so.
#include <array>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

/// `rebolt <words…>` with a stdout that nobody reads yet: a command that
/// prints more than a pipe holds is still running when the signal comes.
class Streaming {
public:
    explicit Streaming(std::vector<std::string> words) {
        EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
        words.insert(words.begin(), REBOLT_EXE);
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends_[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        EXPECT_EQ(
            ::posix_spawn(&child_, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends_[1]);
    }
    Streaming(const Streaming&) = delete;
    Streaming& operator=(const Streaming&) = delete;
    ~Streaming() { ::close(ends_[0]); }

    /// Sends the signal once the first output is there, reads the rest, and
    /// returns the exit code.
    int exit_code_after(int signal) {
        pollfd first{ends_[0], POLLIN, 0};
        EXPECT_EQ(::poll(&first, 1, 20'000), 1) << "no output";
        ::kill(child_, signal);
        std::array<char, 65536> piece{};
        for (ssize_t size = 1; size > 0; out_bytes_ += static_cast<std::size_t>(size))
            size = ::read(ends_[0], piece.data(), piece.size());
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    [[nodiscard]] std::size_t out_bytes() const noexcept { return out_bytes_; }

private:
    std::array<int, 2> ends_{-1, -1};
    pid_t child_ = -1;
    std::size_t out_bytes_ = 0;
};

TEST(Cancel, StopsCommandsThatStream) {
    const std::string file = real_file("etcd-3.4.db");
    std::vector<std::string> dump{"dump", file};
    for (int page = 0; page < 100; ++page)
        dump.push_back(std::to_string(page));
    for (const std::vector<std::string>& words :
         {{"keys", "-f", "hex", file, "key"}, {"page", "--all", file}, dump}) {
        const std::size_t whole = rebolt(words).out.size();
        ASSERT_GT(whole, 150'000U) << words[0] << " must print more than a pipe holds";
        for (const int signal : {SIGINT, SIGTERM}) {
            Streaming command(words);
            EXPECT_EQ(command.exit_code_after(signal), 32) << words[0];
            EXPECT_LT(command.out_bytes(), whole) << words[0];
        }
    }
}

} // namespace
} // namespace rebolt::cli
