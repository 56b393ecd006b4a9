// guard_file and undo_guard: what becomes of the file, and what is said.
#include <rebolt/guard.hpp>

#include <chrono>
#include <memory>

#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include "guard/file_run.hpp"
#include "guard/guard_record.hpp"
#include "guard/test_folder.hpp"
#include "io/file.hpp"
#include "io/folder.hpp"
#include "io/lock.hpp"
#include "support/patched_file.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;
using testing::StartsWith;

class Guard : public GuardFolder {
protected:
    [[nodiscard]] std::string state_of_file() const {
        return folder_of(options_.state_folder, io::place_of(file(), io::LastLink::follow)->path());
    }
};

const std::string running = real_file("docker-20.10-running.db");

TEST_F(Guard, LeavesACleanFileAloneAndKeepsASnapshot) {
    put(running);
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::clean);
    EXPECT_TRUE(report.may_start);
    EXPECT_TRUE(test::bytes_of(report.snapshot) == test::bytes_of(running));
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(running));
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
}

TEST_F(Guard, TakesNoSecondSnapshotOfTheSameFile) {
    put(running);
    EXPECT_NE(run().snapshot, "");
    EXPECT_EQ(run().snapshot, "");
}

TEST_F(Guard, KeepsSoManySnapshots) {
    options_.snapshots_kept = 2;
    for (const char* name :
         {"docker-20.10-stopped.db", "docker-20.10-running.db", "docker-20.10-many.db"}) {
        put(real_file(name));
        EXPECT_NE(run().snapshot, "") << name;
    }
    const GuardRecord record = read_record(state_of_file());
    ASSERT_THAT(record.snapshots, SizeIs(2));
    EXPECT_TRUE(test::bytes_of(record.snapshots[0].path) ==
                test::bytes_of(real_file("docker-20.10-many.db")));
    EXPECT_TRUE(test::bytes_of(record.snapshots[1].path) == test::bytes_of(running));
}

TEST_F(Guard, RecoversADamagedFileAndKeepsIt) {
    put(damaged_file("docker-cycle-next.db"));
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
    EXPECT_EQ(report.recovery->counts.total(), 56U);
    EXPECT_EQ(report.recovery->lost_estimate, 0U);
    EXPECT_THAT(report.quarantine, MatchesRegex(".*/local-kv\\.db\\.damaged-[0-9]{8}T[0-9]{6}Z"));
    EXPECT_TRUE(test::bytes_of(report.quarantine) ==
                test::bytes_of(damaged_file("docker-cycle-next.db")));
    EXPECT_THAT(names(), SizeIs(2));
    EXPECT_THAT(report.line, StartsWith("damaged: the newest transaction 99 is damaged, and so is "
                                        "transaction 98; recovered: 56 keys (56 current), none "
                                        "lost; the damaged file is "));
    EXPECT_THAT(report.line, HasSubstr("To take that back: rebolt guard undo " + file()));
}

TEST_F(Guard, FillsHolesFromItsSnapshot) {
    put(running);
    (void)run();
    put(damaged_file("docker-zero-leaf.db"));
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_THAT(report.donors, SizeIs(1));
    EXPECT_EQ(report.recovery->counts.total(), 56U);
    EXPECT_EQ(report.recovery->counts.keys[static_cast<std::size_t>(Provenance::donor)], 3U);
}

TEST_F(Guard, FindsItsSnapshotsWithoutItsRecord) {
    put(running);
    (void)run();
    fs::remove(state_of_file() + "/record.json");
    put(damaged_file("docker-zero-leaf.db"));
    EXPECT_THAT(run().donors, SizeIs(1));
}

TEST_F(Guard, UsesNoSnapshotThatHasChanged) {
    put(running);
    const std::string snapshot = run().snapshot;
    const auto size = static_cast<off_t>(fs::file_size(snapshot));
    ASSERT_EQ(::truncate(snapshot.c_str(), size - 1), 0);
    put(damaged_file("docker-zero-leaf.db"));
    const GuardReport report = run();
    EXPECT_THAT(report.donors, IsEmpty());
    EXPECT_EQ(report.outcome, GuardOutcome::recovered);
}

TEST_F(Guard, PutsTheSnapshotInPlaceOfAFileInWhichNothingCanBeRead) {
    put(running);
    (void)run();
    for (const std::string& content : {std::string(), std::string(131072, '\0')}) {
        write_text(file(), content);
        const GuardReport report = run();
        EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
        EXPECT_THAT(report.line, HasSubstr("nothing in it could be read: the snapshot "));
        EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(running));
        EXPECT_TRUE(test::bytes_of(report.quarantine) == content);
    }
}

TEST_F(Guard, StopsTheStartOnZerosThatItCannotReplace) {
    write_text(file(), std::string(8192, '\0'));
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::failed);
    EXPECT_FALSE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("it could not be recovered and is as it was: "));
    EXPECT_TRUE(test::bytes_of(file()) == std::string(8192, '\0'));
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
}

TEST_F(Guard, StartsAnywayIfItIsToldTo) {
    options_.starts_anyway = true;
    write_text(file(), std::string(8192, '\0'));
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::failed);
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, testing::EndsWith("; started anyway, as `on_failure` says"));
    put(damaged_file("docker-zero-leaf.db"));
    EXPECT_TRUE(run({.path = file(), .only_complete = true}).may_start);
    EXPECT_FALSE(run({.path = file(), .policy = GuardPolicy::refuse}).may_start);
}

TEST_F(Guard, LetsAnEmptyFileBe) {
    write_text(file(), "");
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::clean);
    EXPECT_EQ(report.line, "empty: the service makes a new database in it");
}

TEST_F(Guard, SetsAsideByPolicy) {
    put(damaged_file("docker-cycle-next.db"));
    const GuardReport report = run({.path = file(), .policy = GuardPolicy::quarantine});
    EXPECT_EQ(report.outcome, GuardOutcome::quarantined);
    EXPECT_TRUE(report.may_start);
    EXPECT_FALSE(fs::exists(file()));
    EXPECT_TRUE(test::bytes_of(report.quarantine) ==
                test::bytes_of(damaged_file("docker-cycle-next.db")));
}

TEST_F(Guard, RefusesByPolicy) {
    put(damaged_file("docker-cycle-next.db"));
    const GuardReport report = run({.path = file(), .policy = GuardPolicy::refuse});
    EXPECT_EQ(report.outcome, GuardOutcome::refused);
    EXPECT_FALSE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("it was left as it is. To bring its data back: rebolt "
                                       "recover "));
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
}

TEST_F(Guard, ResetsCachesOnlyWhenItIsTold) {
    put(damaged_file("docker-cycle-next.db"));
    EXPECT_EQ(run({.path = file(), .is_cache = true}).outcome, GuardOutcome::recovered);
    put(damaged_file("docker-cycle-next.db"));
    options_.reset_caches = true;
    EXPECT_EQ(run({.path = file(), .is_cache = true}).outcome, GuardOutcome::quarantined);
    put(damaged_file("docker-cycle-next.db"));
    EXPECT_EQ(run().outcome, GuardOutcome::recovered);
}

TEST_F(Guard, ReplacesAMembersFileOnlyByACompleteOne) {
    put(damaged_file("docker-zero-leaf.db"));
    const GuardReport lossy = run({.path = file(), .only_complete = true});
    EXPECT_EQ(lossy.outcome, GuardOutcome::refused);
    EXPECT_THAT(names(), ElementsAre("local-kv.db"));
    put(damaged_file("docker-cycle-next.db"));
    EXPECT_EQ(run({.path = file(), .only_complete = true}).outcome, GuardOutcome::recovered);
}

TEST_F(Guard, LeavesNoTraceOfAFileThatIsNotThere) {
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::absent);
    EXPECT_TRUE(report.may_start);
    EXPECT_EQ(report.line, "missing: the service will create it");
    EXPECT_FALSE(fs::exists(options_.state_folder));
}

TEST_F(Guard, NamesTheSnapshotOfAFileThatIsGone) {
    put(running);
    const std::string snapshot = run().snapshot;
    fs::remove(file());
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::absent);
    EXPECT_EQ(report.line, "missing, though it was there; a snapshot of it is " + snapshot);
}

TEST_F(Guard, DoesNotJudgeAFileInUse) {
    put(damaged_file("docker-cycle-next.db"));
    const auto held = io::File::open_for_writing(file(), 0600);
    ASSERT_TRUE(io::lock(**held, io::LockMode::exclusive, std::chrono::milliseconds{0}));
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::in_use);
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, StartsWith("not judged: "));
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
}

TEST_F(Guard, StartsWhatItCouldNotJudgeInTime) {
    put(damaged_file("docker-cycle-next.db"));
    options_.time_budget = std::chrono::milliseconds{-1};
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::not_judged) << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("started anyway; to look at it: rebolt check "));
}

TEST_F(Guard, RefusesAFolderInPlaceOfTheFile) {
    fs::create_directories(file());
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::failed);
    EXPECT_FALSE(report.may_start);
    EXPECT_EQ(report.line, "not a regular file: the service cannot open it either. Move it away, "
                           "or put the database back: nothing was changed");
    EXPECT_TRUE(fs::is_directory(file()));
}

TEST_F(Guard, FollowsALinkAndKeepsIt) {
    const std::string link = path("link.db");
    fs::create_symlink(file(), link);
    put(damaged_file("docker-cycle-next.db"));
    const GuardReport report = run({.path = link});
    EXPECT_EQ(report.outcome, GuardOutcome::recovered);
    EXPECT_EQ(fs::read_symlink(link), file());
    EXPECT_EQ(verdict_of(link), Verdict::clean);
    EXPECT_THAT(names(), SizeIs(2)); // beside the file, not beside the link
}

TEST_F(Guard, LetsALinkToNothingBe) {
    const std::string link = path("link.db");
    fs::create_symlink(file(), link);
    EXPECT_EQ(run({.path = link}).outcome, GuardOutcome::absent);
    EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(Guard, GoesThroughALinkedFolder) {
    fs::create_directory_symlink(path("data"), path("other"));
    put(damaged_file("docker-cycle-next.db"));
    EXPECT_EQ(run({.path = path("other/local-kv.db")}).outcome, GuardOutcome::recovered);
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
    EXPECT_TRUE(fs::is_symlink(path("other")));
}

TEST_F(Guard, KeepsOwnerAndPermissions) {
    put(damaged_file("docker-cycle-next.db"));
    ASSERT_EQ(::chmod(file().c_str(), 0640), 0);
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(file().c_str(), 1234, 5678), 0);
    }
    struct stat before{};
    ASSERT_EQ(::stat(file().c_str(), &before), 0);
    EXPECT_EQ(run().outcome, GuardOutcome::recovered);
    struct stat after{};
    ASSERT_EQ(::stat(file().c_str(), &after), 0);
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_gid, before.st_gid);
    EXPECT_NE(after.st_ino, before.st_ino);
}

TEST_F(Guard, KeepsSoManyDamagedFiles) {
    options_.quarantines_kept = 2;
    std::vector<std::string> aside;
    for (int i = 0; i < 4; ++i) {
        put(damaged_file("docker-cycle-next.db"));
        aside.push_back(run().quarantine);
    }
    EXPECT_FALSE(fs::exists(aside[0]));
    EXPECT_FALSE(fs::exists(aside[1]));
    EXPECT_TRUE(fs::exists(aside[2]));
    EXPECT_TRUE(fs::exists(aside[3]));
}

TEST_F(Guard, SweepsUpAfterAGuardThatWasKilled) {
    put(running);
    for (const char* name : {"local-kv.db.rebolt-guard-0123456789abcdef/new.db",
                             "local-kv.db.damaged-20260101T000000Z.0123456789abcdef.new"})
        write_text(path("data/") + name, "half");
    const std::vector<std::string> others{
        "local-kv.db",
        "local-kv.db.damaged-20260101T000000Z",
        "local-kv.db.damaged-mine.0123456789abcdef.new",
        "local-kv.db.rebolt-guard",
        "local-kv.db.recovered",
        "other.db.rebolt-guard-0123456789abcdef",
    };
    for (std::size_t i = 1; i < others.size(); ++i)
        write_text(path("data/") + others[i], "whole");
    (void)run();
    EXPECT_EQ(names(), others);
}

TEST_F(Guard, WritesLostNetworksAnewFromTheContainersFiles) {
    const std::string root = path("docker");
    put(damaged_file("docker-zero-leaf.db"));
    write_text(root + "/containers/c1/config.v2.json",
               R"({"ID":"c1","Name":"/c1","State":{"Running":false},"NetworkSettings":{
                   "SandboxID":"","Networks":{"lost":{"NetworkID":"77aa","EndpointID":"",
                   "Gateway":"172.30.0.1","IPAddress":"172.30.0.2","IPPrefixLen":16}}}})");
    const GuardReport report = run({.path = file(), .docker_root = root});
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_GE(report.records_mended, 1U) << report.line;
    EXPECT_THAT(report.line, HasSubstr(" repaired from the containers' own files"));
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
    EXPECT_NE(test::bytes_of(file()).find("docker/network/v1.0/network/77aa/"), std::string::npos);
}

TEST_F(Guard, MakesAnEmptyNetworkStateFromTheContainersFiles) {
    const std::string root = path("docker");
    write_text(file(), "");
    write_text(root + "/containers/c1/config.v2.json",
               R"({"ID":"c1","Name":"/c1","State":{"Running":false},"NetworkSettings":{
                   "SandboxID":"","Networks":{"lost":{"NetworkID":"77aa","EndpointID":"",
                   "Gateway":"172.30.0.1","IPAddress":"172.30.0.2","IPPrefixLen":16}}}})");
    const GuardReport report = run({.path = file(), .docker_root = root});
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_THAT(report.line, StartsWith("damaged: the file is empty, and it was not; nothing in it "
                                        "could be read; "));
    EXPECT_NE(test::bytes_of(file()).find("docker/network/v1.0/network/77aa/"), std::string::npos);
}

TEST_F(Guard, UndoPutsTheDamagedFileBack) {
    put(damaged_file("docker-cycle-next.db"));
    (void)run();
    const std::string recovered = test::bytes_of(file());
    const auto undone = undo_guard(file(), options_);
    ASSERT_TRUE(undone);
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
    EXPECT_TRUE(test::bytes_of(undone->kept) == recovered);
    EXPECT_THAT(undone->kept, HasSubstr("local-kv.db.replaced-"));
    EXPECT_EQ(undo_guard(file(), options_).error().code(), ErrorCode::file_not_found);
}

TEST_F(Guard, UndoBringsBackWhatWasQuarantined) {
    put(damaged_file("docker-cycle-next.db"));
    (void)run({.path = file(), .policy = GuardPolicy::quarantine});
    const auto undone = undo_guard(file(), options_);
    ASSERT_TRUE(undone);
    EXPECT_EQ(undone->kept, "");
    EXPECT_TRUE(test::bytes_of(file()) == test::bytes_of(damaged_file("docker-cycle-next.db")));
}

TEST_F(Guard, UndoLeavesAFileInUse) {
    put(damaged_file("docker-cycle-next.db"));
    (void)run();
    const std::string recovered = test::bytes_of(file());
    const auto held = io::File::open_for_writing(file(), 0600);
    ASSERT_TRUE(io::lock(**held, io::LockMode::exclusive, std::chrono::milliseconds{0}));
    EXPECT_EQ(undo_guard(file(), options_).error().code(), ErrorCode::lock_timeout);
    EXPECT_TRUE(test::bytes_of(file()) == recovered);
}

TEST_F(Guard, NamesOfOutcomesAndPolicies) {
    EXPECT_EQ(name_of(GuardOutcome::not_judged), "not-judged");
    EXPECT_EQ(name_of(GuardOutcome::failed), "failed");
    EXPECT_EQ(guard_policy("quarantine"), GuardPolicy::quarantine);
    EXPECT_EQ(guard_policy("delete"), std::nullopt);
}

} // namespace
} // namespace rebolt::guard
