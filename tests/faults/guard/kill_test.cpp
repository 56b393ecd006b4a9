// `rebolt guard` killed before each of its writes, by the same program that
// guards: nothing is ever lost, and the next run ends the work.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stopped_process.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;

const std::string damaged =
    bytes_of(std::string(REBOLT_TEST_DATA) + "/damaged/docker-cycle-next.db");
const std::string clean = bytes_of(std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db");

class GuardKilled : public testing::Test {
protected:
    void begin(const std::string& content) {
        fs::remove_all(folder_.path("data"));
        fs::remove_all(folder_.path("state"));
        fs::create_directories(folder_.path("data"));
        std::ofstream(file(), std::ios::binary) << content;
    }
    [[nodiscard]] std::string file() const { return folder_.path("data/local-kv.db"); }
    [[nodiscard]] std::vector<std::string> words(std::vector<std::string> more = {}) const {
        std::vector<std::string> all{REBOLT_EXE, "guard"};
        all.insert(all.end(), more.begin(), more.end());
        all.insert(all.end(), {file(), "--state-folder", folder_.path("state")});
        return all;
    }
    // The bytes of all files in the folder of the data, but for those being made.
    [[nodiscard]] std::vector<std::string> contents() const {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(folder_.path("data")))
            if (entry.is_regular_file())
                all.push_back(bytes_of(entry.path()));
        return all;
    }
    [[nodiscard]] std::vector<std::string> left_half_done() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path("")))
            if (const std::string name = entry.path().filename();
                name.ends_with(".new") || name.find(".rebolt-guard") != std::string::npos)
                found.push_back(name);
        return found;
    }

private:
    TemporaryFolder folder_;
};

TEST_F(GuardKilled, BeforeAnyWriteOfARecoveryLosesNothing) {
    begin(damaged);
    ASSERT_EQ(run_command(words()).exit_code, 0);
    const std::string recovered = bytes_of(file());
    ASSERT_TRUE(recovered != damaged);
    std::set<std::string> calls;
    std::size_t kills = 0;
    for (;; ++kills) {
        SCOPED_TRACE(fmt::format("killed before change {}", kills));
        begin(damaged);
        const StoppedRun run = run_until_change(words(), kills);
        if (!run.was_killed)
            break;
        calls.insert(run.killed_before);
        const std::string now = bytes_of(file());
        EXPECT_TRUE(now == damaged || now == recovered);
        EXPECT_TRUE(std::ranges::count(contents(), damaged) != 0);
        EXPECT_EQ(run_command(words()).exit_code, 0);
        EXPECT_TRUE(bytes_of(file()) == recovered);
        EXPECT_EQ(contents().size(), 2U) << "the file and the damaged one";
        EXPECT_TRUE(std::ranges::count(contents(), damaged) != 0);
        EXPECT_EQ(left_half_done(), std::vector<std::string>());
    }
    EXPECT_GT(kills, 15U);
    for (const char* call : {"linkat", "renameat", "fsync", "pwrite", "fchmod", "mkdirat"})
        EXPECT_THAT(calls, Contains(call));
}

TEST_F(GuardKilled, BeforeAnyWriteOfASnapshotLeavesTheFileAlone) {
    std::size_t kills = 0;
    for (;; ++kills) {
        SCOPED_TRACE(fmt::format("killed before change {}", kills));
        begin(clean);
        if (!run_until_change(words(), kills).was_killed)
            break;
        EXPECT_TRUE(contents() == std::vector<std::string>{clean});
        EXPECT_EQ(run_command(words()).exit_code, 0);
        EXPECT_TRUE(contents() == std::vector<std::string>{clean});
        EXPECT_EQ(left_half_done(), std::vector<std::string>());
    }
    EXPECT_GT(kills, 4U);
}

TEST_F(GuardKilled, BeforeAnyWriteOfAQuarantineLosesNothing) {
    std::size_t kills = 0;
    for (;; ++kills) {
        SCOPED_TRACE(fmt::format("killed before change {}", kills));
        begin(damaged);
        const auto guard = words({"--policy", "quarantine"});
        if (!run_until_change(guard, kills).was_killed)
            break;
        EXPECT_TRUE(std::ranges::count(contents(), damaged) != 0);
        EXPECT_EQ(run_command(guard).exit_code, 0);
        EXPECT_TRUE(contents() == std::vector<std::string>{damaged});
        EXPECT_FALSE(fs::exists(file()));
    }
    EXPECT_GT(kills, 3U);
}

TEST_F(GuardKilled, BeforeAnyWriteOfAnUndoLosesNothing) {
    std::size_t kills = 0;
    for (;; ++kills) {
        SCOPED_TRACE(fmt::format("killed before change {}", kills));
        begin(damaged);
        ASSERT_EQ(run_command(words()).exit_code, 0);
        const std::string recovered = bytes_of(file());
        if (!run_until_change(words({"undo"}), kills).was_killed)
            break;
        const std::string now = bytes_of(file());
        EXPECT_TRUE(now == damaged || now == recovered);
        EXPECT_TRUE(std::ranges::count(contents(), damaged) != 0);
        EXPECT_TRUE(std::ranges::count(contents(), recovered) != 0);
    }
    EXPECT_GT(kills, 4U);
}

} // namespace
} // namespace rebolt::test
