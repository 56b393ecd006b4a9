// What commands do on Linux 3.10, as a filter plays it: all that is newer answers
// "Function not implemented".
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

const std::string filter = REBOLT_SOURCE_DIR "/tests/support/kernel-3.10";

class OldKernel : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::copy_file(REBOLT_TEST_DATA "/damaged/docker-cycle-next.db", damaged_);
        std::filesystem::copy_file(REBOLT_TEST_DATA "/real/docker-20.10-running.db", sound_);
    }
    static CommandResult rebolt(std::vector<std::string> words) {
        words.insert(words.begin(), {filter, REBOLT_EXE});
        return run_command(words);
    }
    static int code(const std::vector<std::string>& words) {
        const CommandResult result = rebolt(words);
        EXPECT_EQ(result.err.find("not implemented"), std::string::npos) << result.err;
        return result.exit_code;
    }

    const TemporaryFolder folder_;
    const std::string damaged_ = folder_.path("damaged.db");
    const std::string sound_ = folder_.path("sound.db");
};

TEST_F(OldKernel, LacksTheCall) {
    const CommandResult result =
        run_command({filter, "/usr/bin/python3", "-c", "import os; os.memfd_create('x')"});
    EXPECT_NE(result.err.find("Function not implemented"), std::string::npos) << result.err;
}

TEST_F(OldKernel, FilesAreCheckedRecoveredAndPutInPlace) {
    EXPECT_EQ(code({"check", "-q", damaged_}), 4);
    EXPECT_EQ(code({"recover", "-q", damaged_, "-o", folder_.path("new.db")}), 0);
    EXPECT_EQ(code({"check", "-q", folder_.path("new.db")}), 0);
    EXPECT_EQ(code({"recover", "-q", "--in-place", damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 0);
    EXPECT_EQ(code({"undo", damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 4);
}

TEST_F(OldKernel, FilesAreCopiedAndWritten) {
    EXPECT_EQ(code({"backup", "-q", sound_, "-o", folder_.path("copy.db")}), 0);
    EXPECT_EQ(code({"compact", "-q", sound_, "-o", folder_.path("small.db")}), 0);
    EXPECT_EQ(code({"put", sound_, "libnetwork", "key", "value"}), 0);
    EXPECT_EQ(rebolt({"get", sound_, "libnetwork", "key"}).out, "value\n");
}

TEST_F(OldKernel, TheGuardMakesSnapshotsAndRecovers) {
    const std::string state = "--state-folder=" + folder_.path("state");
    EXPECT_EQ(code({"guard", state, sound_, damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 0);
}

TEST_F(OldKernel, LocksOfKeysSayWhatTheyNeed) {
    const CommandResult result =
        rebolt({"store", "lock", "bolt://" + folder_.path("s.db") + "?bucket=app", "key", "--",
                "/bin/true"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_NE(result.err.find("locks of keys need Linux 3.15 or later"), std::string::npos)
        << result.err;
}

} // namespace
} // namespace rebolt::test
