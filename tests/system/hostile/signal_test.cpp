// SIGINT and SIGTERM end every command with 32, whatever it is at, and leave nothing
// half done.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "io/subprocess.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

// True once the process has the file open: its handlers are in place then.
bool has_open(pid_t process, const std::string& path) {
    std::error_code gone;
    for (fs::directory_iterator at("/proc/" + std::to_string(process) + "/fd", gone), last;
         !gone && at != last; at.increment(gone))
        if (fs::read_symlink(at->path(), gone) == path)
            return true;
    return false;
}

// All commands wait for the file's lock at the same time, and are told to end.
TEST(Signals, EndEveryCommandThatWaits) {
    const TemporaryFolder folder;
    const std::string file = fs::canonical(folder.path(".")).string() + "/state.db";
    const std::string output = folder.path("new.db");
    fs::copy_file(std::string(REBOLT_TEST_DATA) + "/damaged/docker-meta0.db", file);
    const int held = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    const std::vector<std::vector<std::string>> commands{
        {"check"},
        {"recover", "-o", output},
        {"repair", "-y"},
        {"explain"},
        {"compact", "-o", output},
        {"backup", "-o", output},
        {"surgery", "freelist", "rebuild", "-y"},
        {"info"},
        {"stats"},
        {"pages"},
        {"docker", "networks"},
        {"docker", "startup"},
        {"docker", "fsck"},
    };
    std::vector<std::pair<std::string, io::Subprocess>> running;
    for (std::vector<std::string> words : commands) {
        const std::string name = words[0];
        words.insert(words.begin(), REBOLT_EXE);
        words.insert(words.end(), {"--timeout", "600", file});
        auto started = io::Subprocess::start({.command = std::move(words),
                                              .in = io::Stream::null,
                                              .out = io::Stream::null,
                                              .err = io::Stream::null});
        ASSERT_TRUE(started);
        running.emplace_back(name, *std::move(started));
    }
    int signal = SIGINT;
    for (auto& [name, process] : running) {
        while (!has_open(process.process(), file) && !process.poll())
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        process.signal(std::exchange(signal, signal == SIGINT ? SIGTERM : SIGINT));
    }
    for (auto& [name, process] : running)
        EXPECT_EQ(process.wait(), 32) << name;
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path(".")), fs::directory_iterator()), 1);
    ::close(held);
}

} // namespace
} // namespace rebolt::test
