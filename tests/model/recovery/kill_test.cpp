// kill -9 of `rebolt recover` at any moment: under the new file's name there is
// nothing, or all of it. REBOLT_SEED chooses other moments.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "io/subprocess.hpp"
#include "recovered.hpp"
#include "support/random.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kills = 60;
const std::string source = std::string(REBOLT_TEST_DATA) + "/damaged/etcd-zero-leaf.db";

std::uint64_t seed_from_environment() {
    const char* text = std::getenv("REBOLT_SEED");
    return text == nullptr ? 20261123 : std::strtoull(text, nullptr, 10);
}

io::Subprocess start(const std::string& target) {
    return *io::Subprocess::start({.command = {REBOLT_EXE, "recover", source, "-o", target},
                                   .out = io::Stream::null,
                                   .err = io::Stream::null});
}

// True if it had not ended before.
bool kill_after(io::Subprocess process, std::chrono::microseconds wait) {
    std::this_thread::sleep_for(wait);
    process.signal(SIGKILL);
    return process.wait() == 128 + SIGKILL;
}

TEST(RecoverKilled, LeavesNothingOrAllUnderTheNewName) {
    const std::uint64_t seed = seed_from_environment();
    Random random(seed);
    const TemporaryFolder folder;
    const std::string target = folder.path("whole.db");
    const auto begin = Clock::now();
    ASSERT_EQ(run_command({REBOLT_EXE, "recover", source, "-o", target}).exit_code, 4);
    const auto whole_run =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
    const std::string whole = bytes_of(target);
    int in_the_middle = 0;
    for (int i = 0; i < kills; ++i) {
        SCOPED_TRACE(fmt::format("kill {}; set REBOLT_SEED={} for the same moments", i, seed));
        fs::remove(target);
        const auto wait = random.below(static_cast<std::uint64_t>(whole_run.count()) * 11 / 10);
        in_the_middle += kill_after(start(target), std::chrono::microseconds(wait)) ? 1 : 0;
        EXPECT_TRUE(!fs::exists(target) || bytes_of(target) == whole);
    }
    EXPECT_GT(in_the_middle, kills / 4);
}

} // namespace
} // namespace rebolt::test
