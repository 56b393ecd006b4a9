// Where /proc is not mounted, as after a chroot: all that writes a new file.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

class WithoutProc : public ::testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0)
            GTEST_SKIP() << "only root can take /proc away";
        if (std::string_view(REBOLT_CXX_FLAGS).contains("-fsanitize"))
            GTEST_SKIP() << "a sanitizer wants /proc; scripts/try-static has no sanitizer";
        std::filesystem::copy_file(REBOLT_TEST_DATA "/damaged/docker-cycle-next.db", damaged_);
        std::filesystem::copy_file(REBOLT_TEST_DATA "/real/docker-20.10-running.db", sound_);
    }
    static int code(const std::vector<std::string>& words) {
        std::vector<std::string> command{
            "/usr/bin/unshare", "--mount", "/bin/sh", "-c", "umount -l /proc && exec \"$@\"", "sh",
            REBOLT_EXE};
        command.insert(command.end(), words.begin(), words.end());
        const CommandResult result = run_command(command);
        EXPECT_EQ(result.err.find("/proc"), std::string::npos) << result.err;
        return result.exit_code;
    }

    const TemporaryFolder folder_;
    const std::string damaged_ = folder_.path("damaged.db");
    const std::string sound_ = folder_.path("sound.db");
};

TEST_F(WithoutProc, FilesAreRecoveredAndPutInPlace) {
    EXPECT_EQ(code({"recover", "-q", damaged_, "-o", folder_.path("new.db")}), 0);
    EXPECT_EQ(code({"recover", "-q", "--in-place", damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 0);
    EXPECT_EQ(code({"undo", damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 4);
    EXPECT_EQ(code({"guard", "--state-folder=" + folder_.path("state"), damaged_}), 0);
    EXPECT_EQ(code({"check", "-q", damaged_}), 0);
}

TEST_F(WithoutProc, FilesAreCopiedAndWritten) {
    EXPECT_EQ(code({"backup", "-q", sound_, "-o", folder_.path("copy.db")}), 0);
    EXPECT_EQ(code({"compact", "-q", sound_, "-o", folder_.path("small.db")}), 0);
    EXPECT_EQ(code({"put", sound_, "libnetwork", "key", "value"}), 0);
    EXPECT_EQ(code({"check", "-q", sound_}), 0);
}

} // namespace
} // namespace rebolt::test
