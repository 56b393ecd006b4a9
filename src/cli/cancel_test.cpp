// Ctrl-C: commands that stream stop soon, and say so.
#include <array>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/test_run.hpp"
#include "io/subprocess.hpp"

namespace rebolt::cli {
namespace {

/// `rebolt <words…>` with a stdout that nobody reads yet: a command that
/// prints more than a pipe holds is still running when the signal comes.
class Streaming {
public:
    explicit Streaming(std::vector<std::string> words) : child_(start(std::move(words))) {}

    /// Sends the signal once the first output is there, reads the rest, and
    /// returns the exit code.
    int exit_code_after(int signal) {
        pollfd first{child_.out(), POLLIN, 0};
        EXPECT_EQ(::poll(&first, 1, 20'000), 1) << "no output";
        child_.signal(signal);
        std::array<char, 65536> piece{};
        for (ssize_t size = 1; size > 0; out_bytes_ += static_cast<std::size_t>(size))
            size = ::read(child_.out(), piece.data(), piece.size());
        return child_.wait();
    }
    [[nodiscard]] std::size_t out_bytes() const noexcept { return out_bytes_; }

private:
    static io::Subprocess start(std::vector<std::string> words) {
        words.insert(words.begin(), REBOLT_EXE);
        return *io::Subprocess::start(
            {.command = std::move(words), .out = io::Stream::pipe, .err = io::Stream::null});
    }

    io::Subprocess child_;
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
