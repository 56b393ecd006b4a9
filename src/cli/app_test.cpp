#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(App, AnUnknownCommandIsAnsweredWithTheNearest) {
    const auto result = rebolt({"kesy", "file.db"});
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("did you mean `keys`?"), std::string::npos);
    EXPECT_EQ(result.exit_code, 16);
}

TEST(App, UsageErrorsExitWith16AndNameTheHelp) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{}, {"keys"}, {"info", "a", "b"}, {"pages", "--no-such", "a"}}) {
        const auto result = rebolt(words);
        EXPECT_EQ(result.out, "");
        EXPECT_NE(result.err.find("--help"), std::string::npos) << result.err;
        EXPECT_EQ(result.exit_code, 16);
    }
}

TEST(App, EveryCommandHasHelpWithAnExample) {
    for (const std::string command : {"check", "info", "buckets", "keys", "get", "stats", "page",
                                      "page-item", "pages", "dump", "inspect", "diagnose"}) {
        const auto result = rebolt({command, "--help"});
        EXPECT_NE(result.out.find("Example: rebolt " + command + " "), std::string::npos)
            << result.out;
        for (const std::string option :
             {"--json", "--live", "--timeout", "--color", "--quiet", "--verbose"})
            EXPECT_NE(result.out.find(option), std::string::npos) << command << option;
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_NE(rebolt({"--help"}).out.find("\n  " + command + " "), std::string::npos);
    }
}

TEST(App, AFullDiskBehindStdoutIsExitCode8) {
    const std::string file = real_file("docker-20.10-running.db");
    for (const std::string command : {"keys", "page --all", "inspect"}) {
        const std::string line = std::string(REBOLT_EXE) + " " + command + " " + file +
                                 (command == "keys" ? " libnetwork" : "") + " >/dev/full";
        const auto result = test::run_command({"/bin/sh", "-c", line});
        EXPECT_NE(result.err.find("No space left on device"), std::string::npos) << line;
        EXPECT_EQ(result.exit_code, 8) << line;
    }
}

TEST(App, AReaderThatLeavesIsNoCrash) {
    const std::string line = "( " + std::string(REBOLT_EXE) + " page --all " +
                             real_file("etcd-3.4.db") + "; echo $? >&2 ) | head -c 10";
    const auto result = test::run_command({"/bin/sh", "-c", line});
    EXPECT_EQ(result.out, "Page ID:  ");
    EXPECT_EQ(result.err, "8\n");
}

class Locked : public ::testing::Test {
protected:
    Locked() : patched_(real_file("docker-20.10-running.db")), file_(patched_) {
        descriptor_ = ::open(file_.path().c_str(), O_RDONLY | O_CLOEXEC);
        EXPECT_EQ(::flock(descriptor_, LOCK_EX), 0);
    }
    ~Locked() override { ::close(descriptor_); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

    test::PatchedFile patched_;
    TemporaryFile file_;
    int descriptor_ = -1;
};

TEST_F(Locked, AFileInUseIsExitCode8AndTellsTheWayOut) {
    for (const std::string command : {"info", "pages"}) {
        const auto result = rebolt_on(file_.path(), command, {"--timeout", "0"});
        EXPECT_EQ(result.out, "");
        EXPECT_NE(result.err.find("locked"), std::string::npos) << result.err;
        EXPECT_NE(result.err.find("--live"), std::string::npos) << result.err;
        EXPECT_EQ(result.exit_code, 8);
    }
}

TEST_F(Locked, AFileThatIsReleasedWithinTheTimeoutIsRead) {
    const std::jthread holder([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        ::flock(descriptor_, LOCK_UN);
    });
    EXPECT_EQ(rebolt_on(file_.path(), "buckets", {"--timeout", "60"}).out, "libnetwork\n");
}

TEST_F(Locked, LiveReadsBesideTheHolderAndNamesIt) {
    const auto result = rebolt_on(file_.path(), "buckets", {"--live"});
    EXPECT_EQ(result.out, "libnetwork\n");
    EXPECT_NE(result.err.find("read beside it: transaction "), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 0);
}

} // namespace
} // namespace rebolt::cli
