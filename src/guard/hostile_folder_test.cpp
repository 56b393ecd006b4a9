// guard_file and undo_guard in a folder where others put files, links and devices,
// and on a system that refuses.
#include <rebolt/guard.hpp>

#include <cerrno>
#include <memory>

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guard/test_folder.hpp"
#include "io/system_calls.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class GuardInAHostileFolder : public GuardFolder {};

// As of a file that may not be replaced, or that is a mount.
class NoRenameOverTheFile : public io::SystemCalls {
public:
    int renameat(int old_folder, const char* from, int folder, const char* to) override {
        if (to != std::string("local-kv.db"))
            return SystemCalls::renameat(old_folder, from, folder, to);
        errno = EPERM;
        return -1;
    }
};

const std::string running = real_file("docker-20.10-running.db");

// Names like the guard's own, in the folder of whoever put them there.
TEST_F(GuardInAHostileFolder, TouchesNoFileThatItDidNotSetAside) {
    options_.quarantines_kept = 1;
    const std::vector<std::string> others{
        "local-kv.db.damaged-1-KEEP-for-support", "local-kv.db.damaged-20200101T000000Z",
        "local-kv.db.damaged-29990101T000000Z-9", "local-kv.db.damaged-backup"};
    for (const std::string& name : others)
        write_text(path("data/") + name, "the admin's own");
    for (int i = 0; i < 3; ++i) {
        put(damaged_file("docker-cycle-next.db"));
        EXPECT_THAT(run().quarantine,
                    StartsWith(path("data/local-kv.db.damaged-29990101T000000Z-")));
    }
    EXPECT_THAT(names(), SizeIs(others.size() + 2)); // and the file, and one set aside
    ASSERT_TRUE(undo_guard(file(), options_));
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
    EXPECT_EQ(undo_guard(file(), options_).error().code(), ErrorCode::file_not_found);
    for (const std::string& name : others)
        EXPECT_EQ(test::bytes_of(path("data/") + name), "the admin's own") << name;
}

TEST_F(GuardInAHostileFolder, UndoRestoresNothingThatTookTheNameOfWhatWasSetAside) {
    put(damaged_file("docker-cycle-next.db"));
    const std::string aside = run().quarantine;
    write_text(path("data/other"), "not what was set aside");
    fs::rename(path("data/other"), aside);
    const auto undone = undo_guard(file(), options_);
    EXPECT_EQ(undone.error().code(), ErrorCode::file_not_found);
    EXPECT_THAT(undone.error().message(), HasSubstr("of which it has no record. If that is the "
                                                    "file: mv " +
                                                    aside));
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
}

TEST_F(GuardInAHostileFolder, LeavesNoCopyBehindWhenTheFileCannotBeReplaced) {
    put(damaged_file("docker-cycle-next.db"));
    const io::ReplacedSystemCalls scope(std::make_shared<NoRenameOverTheFile>());
    for (int i = 0; i < 3; ++i) {
        const GuardReport report = run();
        EXPECT_EQ(report.outcome, GuardOutcome::failed);
        EXPECT_THAT(report.line, HasSubstr("Operation not permitted"));
        EXPECT_THAT(names(), ElementsAre("local-kv.db"));
    }
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
}

// A link in a folder that another user may write: he chooses what is taken away.
TEST_F(GuardInAHostileFolder, FollowsNoLinkThatAnotherUserMayHavePutThere) {
    write_text(path("data/victim"), std::string(8192, 's'));
    fs::create_directories(path("theirs"));
    fs::create_symlink(path("data/victim"), path("theirs/cache.db"));
    ASSERT_EQ(::chmod(path("theirs").c_str(), 0777), 0);
    const GuardReport report =
        run({.path = path("theirs/cache.db"), .policy = GuardPolicy::quarantine});
    EXPECT_EQ(report.outcome, GuardOutcome::not_judged) << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("is a link that another user may have put there"));
    EXPECT_THAT(names(), ElementsAre("victim"));
}

TEST_F(GuardInAHostileFolder, DoesNothingToADevice) {
    if (::mknod(file().c_str(), S_IFBLK | 0600, makedev(7, 250)) != 0)
        GTEST_SKIP() << "no device nodes here";
    const GuardReport report = run({.path = file(), .policy = GuardPolicy::quarantine});
    EXPECT_NE(report.outcome, GuardOutcome::quarantined) << report.line;
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
}

TEST_F(GuardInAHostileFolder, TellsItsVerdictBeforeItActs) {
    std::vector<std::string> told;
    options_.on_verdict = [&](const GuardReport& report) {
        told.push_back(std::string(name_of(report.outcome)) + (report.may_start ? "" : "!"));
        EXPECT_THAT(names(), SizeIs(told.size())); // nothing is set aside yet
    };
    put(damaged_file("docker-cycle-next.db"));
    (void)run();
    (void)run();
    EXPECT_THAT(told, ElementsAre("failed!", "clean"));
}

TEST_F(GuardInAHostileFolder, KeepsNoSnapshotThatIsTooLargeAndSaysSo) {
    options_.snapshot_bytes_max = 4096;
    put(running);
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::clean);
    if (report.snapshot.empty()) { // else the file system shares its blocks
        EXPECT_THAT(report.line, HasSubstr("; no snapshot of it: it has "));
    }
}

TEST_F(GuardInAHostileFolder, KeepsTheHolesOfASnapshot) {
    put(running);
    constexpr std::uintmax_t bytes = std::uintmax_t{64} << 20;
    fs::resize_file(file(), bytes);
    const GuardReport report = run();
    ASSERT_NE(report.snapshot, "") << report.line;
    EXPECT_EQ(fs::file_size(report.snapshot), bytes);
    struct stat status{};
    ASSERT_EQ(::stat(report.snapshot.c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, std::int64_t{1} << 20);
    write_text(file(), "");
    EXPECT_EQ(run().restored_from, report.snapshot);
}

TEST_F(GuardInAHostileFolder, LeavesAFileOfAnotherFormatAlone) {
    put(running);
    const std::string snapshot = run().snapshot;
    for (const std::string& content :
         {"SQLite format 3" + std::string(8177, '\0'), std::string(8192, 'x')}) {
        write_text(file(), content);
        const GuardReport report = run();
        EXPECT_EQ(report.outcome, GuardOutcome::not_judged) << report.line;
        EXPECT_TRUE(report.may_start);
        EXPECT_THAT(report.line, HasSubstr("; started, nothing was changed. If it should be one, a "
                                           "snapshot of it is " +
                                           snapshot));
        EXPECT_TRUE(test::bytes_of(file()) == content);
        EXPECT_THAT(names(), ElementsAre("local-kv.db"));
    }
}

} // namespace
} // namespace rebolt::guard
