// Snapshots that a start does not wait for: made once the service runs, beside it.
#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <rebolt/db.hpp>

#include "guard/guard_record.hpp"
#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

// A file of more than 4 MiB.
class RunningService : public GuardFolder {
protected:
    RunningService() {
        const auto db = DB::open(file());
        EXPECT_TRUE(db->update([](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket("a");
            for (int key = 0; key < 6000; ++key) {
                if (auto put = bucket->put(std::to_string(key), std::string(1000, 'x')); !put) {
                    return put;
                }
            }
            return {};
        }));
    }
    GuardReport run_at(GuardMoment moment) {
        options_.moment = moment;
        return run();
    }
    void change() const {
        const auto db = DB::open(file());
        ASSERT_TRUE(db->update([](Tx& tx) { return tx.bucket("a")->put("7", "other"); }));
    }
};

TEST_F(RunningService, HasItsSnapshotMadeAfterTheStart) {
    const GuardReport before = run_at(GuardMoment::before_start);
    EXPECT_EQ(before.outcome, GuardOutcome::clean);
    EXPECT_EQ(before.snapshot, "");
    EXPECT_THAT(before.line, EndsWith("; its snapshot is made once the service runs"));
    const int held = ::open(file().c_str(), O_RDWR | O_CLOEXEC); // as Docker 26 and etcd do
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    const GuardReport after = run_at(GuardMoment::after_start);
    ::close(held);
    EXPECT_EQ(after.outcome, GuardOutcome::clean) << after.line;
    EXPECT_EQ(after.line, "snapshot made beside the service: " + after.snapshot);
    EXPECT_EQ(verdict_of(after.snapshot), Verdict::clean);
    const GuardReport again = run_at(GuardMoment::before_start);
    EXPECT_THAT(again.line, testing::Not(HasSubstr("snapshot")));
    EXPECT_EQ(run_at(GuardMoment::after_start).line, "not changed since its newest snapshot");
}

TEST_F(RunningService, HasAnotherSnapshotWhenItHasWritten) {
    const std::string first = run_at(GuardMoment::after_start).snapshot;
    change();
    const std::string second = run_at(GuardMoment::after_start).snapshot;
    EXPECT_NE(second, "");
    EXPECT_NE(first, second);
    std::string bytes = test::bytes_of(file());
    bytes.replace(bytes.size() / 2, 4096, 4096, '\0');
    write_text(file(), bytes);
    const GuardReport report = run_at(GuardMoment::before_start);
    EXPECT_EQ(report.outcome, GuardOutcome::recovered) << report.line;
    EXPECT_THAT(report.donors, SizeIs(2));
    EXPECT_EQ(report.recovery->lost_estimate, 0U);
}

TEST_F(RunningService, IsNotGivenASnapshotOfDamage) {
    write_text(file(), test::bytes_of(damaged_file("docker-cycle-next.db")));
    const std::string before = test::bytes_of(file());
    const GuardReport report = run_at(GuardMoment::after_start);
    EXPECT_EQ(report.outcome, GuardOutcome::not_judged);
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("no snapshot of it beside the service: damaged: "));
    EXPECT_TRUE(test::bytes_of(file()) == before);
    EXPECT_THAT(names(), SizeIs(1));
}

TEST_F(RunningService, HasTheShareOfTheDiskThatItIsGiven) {
    options_.snapshot_free_share = 1e-9;
    const GuardReport report = run_at(GuardMoment::after_start);
    EXPECT_EQ(report.snapshot, "");
    EXPECT_THAT(report.line, HasSubstr("snapshot_free_share is 1e-09"));
}

} // namespace
} // namespace rebolt::guard
