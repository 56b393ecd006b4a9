// A disk that fails: every system call of a commit, one after the other.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "contents.hpp"
#include "faulty_disk.hpp"
#include "history.hpp"
#include "memory_file.hpp"

namespace rebolt::test {
namespace {

// A database that a transaction is to be tried on.
struct Base {
    std::string name;
    OpenOptions options;
    std::string image;
    Contents contents;
    Style style; ///< of the transaction
};

Result<void> change_some(Tx& tx, Contents& contents, const Style& style, Random& random) {
    for (int i = 0; i < 12; ++i)
        if (auto changed = change(tx.root(), contents, style, random); !changed)
            return changed;
    return {};
}

// Enough for the file to grow: it begins with 32 KiB.
constexpr Style growing{.keys = 100, .long_bytes = 60'000, .long_percent = 40, .erase_percent = 0};

Base make_base(std::uint32_t page_size, bool stores_freelist, const Style& style) {
    Base base{fmt::format("pages of {}, {} freelist, values of {}", page_size,
                          stores_freelist ? "a" : "no", style.long_bytes),
              {},
              {},
              {},
              style};
    base.options.page_size_bytes = page_size;
    base.options.no_freelist_sync = !stores_freelist;
    const MemoryFile file;
    {
        const DB db = must(DB::open(file.path(), base.options));
        Random random(1);
        for (int i = 0; i < 8; ++i)
            must(db.update([&](Tx& tx) { return change_some(tx, base.contents, {}, random); }));
    }
    base.image = file.content();
    return base;
}

std::vector<Base> bases() {
    std::vector<Base> all;
    for (const std::uint32_t page_size : {512U, 4096U})
        for (const bool stores_freelist : {true, false})
            for (const Style& style : {Style(), growing})
                all.push_back(make_base(page_size, stores_freelist, style));
    return all;
}

// Opens the database with its file on `disk`.
Result<DB> open_on(const std::shared_ptr<FaultyDisk>& disk, const MemoryFile& file,
                   const OpenOptions& options) {
    const io::ReplacedSystemCalls scope(disk);
    return DB::open(file.path(), options);
}

// One transaction on a disk of which one call fails.
class Trial {
public:
    Trial(const Base& base, std::size_t call, Fault fault, bool for_good)
        : base_(base), file_(base.image), next_(base.contents) {
        db_ = must(open_on(disk_, file_, base.options));
        disk_->fail_after(call, fault, for_good);
        Random random(2);
        result_ = db_->update([&](Tx& tx) {
            tx.on_commit([this] { was_committed_ = true; });
            return change_some(tx, next_, base_.style, random);
        });
        disk_->heal();
    }

    /// False if the transaction had fewer calls.
    [[nodiscard]] bool met_the_fault() const { return disk_->failed().has_value(); }

    void expect_success() {
        ASSERT_TRUE(result_) << result_.error().to_text();
        EXPECT_TRUE(was_committed_);
        expect_contents(next_);
        expect_that_it_goes_on(next_);
    }

    /// As the failed call demands.
    void expect_failure() {
        ASSERT_FALSE(result_);
        EXPECT_FALSE(was_committed_);
        expect_contents(base_.contents);
        const FaultyDisk::Call& call = *disk_->failed();
        const bool is_meta =
            call.kind == CallKind::write && call.offset < 2 * std::uint64_t{db_->page_size_bytes()};
        if ((call.kind == CallKind::write && !is_meta) || call.kind == CallKind::resize) {
            EXPECT_EQ(result_.error().code(), ErrorCode::io) << result_.error().to_text();
            expect_that_it_goes_on(base_.contents);
        } else {
            EXPECT_EQ(result_.error().code(), ErrorCode::sync_failed) << result_.error().to_text();
            expect_that_it_refuses();
        }
    }

private:
    void expect_contents(const Contents& contents) {
        const Result<void> same = compare(*db_, contents);
        EXPECT_TRUE(same) << same.error().to_text();
    }

    void expect_that_it_goes_on(Contents contents) {
        Random random(3);
        const Result<void> updated =
            db_->update([&](Tx& tx) { return change_some(tx, contents, base_.style, random); });
        ASSERT_TRUE(updated) << updated.error().to_text();
        expect_contents(contents);
        reopen();
        expect_contents(contents);
    }

    void expect_that_it_refuses() {
        const auto nothing = [](Tx&) { return Result<void>(); };
        expect_refused("update", db_->update(nothing));
        expect_refused("batch", db_->batch(nothing));
        const auto tx = db_->begin(Access::write);
        ASSERT_FALSE(tx);
        EXPECT_EQ(tx.error().code(), ErrorCode::sync_failed);
        expect_contents(base_.contents);
        reopen();
        const bool is_old = compare(*db_, base_.contents).has_value();
        EXPECT_TRUE(is_old || compare(*db_, next_));
        expect_that_it_goes_on(is_old ? base_.contents : next_);
    }

    static void expect_refused(const char* call, const Result<void>& result) {
        ASSERT_FALSE(result) << call;
        EXPECT_EQ(result.error().code(), ErrorCode::sync_failed) << result.error().to_text();
    }

    void reopen() {
        db_.reset();
        const Result<void> clean = require_clean(file_.path());
        EXPECT_TRUE(clean) << clean.error().to_text();
        db_ = must(DB::open(file_.path(), base_.options));
        EXPECT_TRUE(db_->findings_at_open().empty());
    }

    const Base& base_;
    MemoryFile file_;
    std::shared_ptr<FaultyDisk> disk_ = std::make_shared<FaultyDisk>();
    Contents next_;
    std::optional<DB> db_;
    Result<void> result_;
    bool was_committed_ = false;
};

// Fails each call of a transaction in turn, on each base, until one went wrong.
template <class Expect>
void fail_each_call(Fault fault, bool for_good, Expect expect) {
    for (const Base& base : bases())
        for (std::size_t call = 0; !testing::Test::HasFailure(); ++call) {
            SCOPED_TRACE(fmt::format("{}: call {} fails with {}{}", base.name, call, name_of(fault),
                                     for_good ? ", and all after it" : ""));
            Trial trial(base, call, fault, for_good);
            if (!trial.met_the_fault()) {
                EXPECT_GE(call, 4U); // data, sync, meta, sync
                break;
            }
            expect(trial);
        }
}

std::string word_of(const testing::TestParamInfo<Fault>& info) {
    constexpr const char* words[] = {"Eio", "Enospc", "HalfWritten", "ShortWrite", "Eintr"};
    return words[static_cast<std::size_t>(info.param)];
}

class Faults : public testing::TestWithParam<Fault> {};
class SilentFaults : public Faults {};
class GraveFaults : public Faults {};

TEST_P(SilentFaults, AreNotSeenFromOutside) {
    fail_each_call(GetParam(), false, [](Trial& trial) { trial.expect_success(); });
}
INSTANTIATE_TEST_SUITE_P(All, SilentFaults, testing::Values(Fault::short_write, Fault::interrupted),
                         word_of);

TEST_P(GraveFaults, LeaveTheLastTransaction) {
    fail_each_call(GetParam(), false, [](Trial& trial) { trial.expect_failure(); });
}

TEST_P(GraveFaults, ThatStayLeaveTheLastTransaction) {
    fail_each_call(GetParam(), true, [](Trial& trial) { trial.expect_failure(); });
}

TEST_P(GraveFaults, WhileAFileIsMadeLeaveOneThatOpens) {
    for (std::size_t call = 0;; ++call) {
        SCOPED_TRACE(fmt::format("call {} fails with {}", call, name_of(GetParam())));
        const MemoryFile file;
        const auto disk = std::make_shared<FaultyDisk>();
        OpenOptions options;
        options.page_size_bytes = 1024;
        disk->fail_after(call, GetParam());
        const auto failed = open_on(disk, file, options);
        if (!disk->failed())
            break;
        ASSERT_FALSE(failed);
        EXPECT_THAT(failed.error().code(), testing::AnyOf(ErrorCode::io, ErrorCode::sync_failed));
        const auto db = DB::open(file.path(), options);
        ASSERT_TRUE(db) << db.error().to_text();
        EXPECT_TRUE(compare(*db, {}));
    }
}
INSTANTIATE_TEST_SUITE_P(All, GraveFaults,
                         testing::Values(Fault::io_error, Fault::disk_full, Fault::half_written),
                         word_of);

void expect_sync_refused(const DB& db) {
    const Result<void> synced = db.sync();
    ASSERT_FALSE(synced);
    EXPECT_EQ(synced.error().code(), ErrorCode::sync_failed);
}

// The system tells of a failed sync once; the next one may succeed, though what
// was written is lost.
TEST(CallersSync, ThatFailedIsTheLast) {
    const Base base = make_base(1024, true, {});
    const MemoryFile file(base.image);
    const auto disk = std::make_shared<FaultyDisk>();
    OpenOptions options;
    options.no_sync = true;
    const DB db = must(open_on(disk, file, options));
    disk->fail_after(0, Fault::io_error);
    expect_sync_refused(db);
    expect_sync_refused(db);
    const auto tx = db.begin(Access::write);
    ASSERT_FALSE(tx);
    EXPECT_EQ(tx.error().code(), ErrorCode::sync_failed);
    EXPECT_TRUE(compare(db, base.contents));
}

TEST(CallersSync, IsRefusedAfterACommitWhoseSyncFailed) {
    const Base base = make_base(1024, true, {});
    const MemoryFile file(base.image);
    const auto disk = std::make_shared<FaultyDisk>();
    const DB db = must(open_on(disk, file, {}));
    disk->fail_after(1, Fault::io_error); // the data is written, its sync fails
    ASSERT_FALSE(db.update([](Tx& tx) { return tx.root().set_sequence(1); }));
    ASSERT_EQ(disk->failed()->kind, CallKind::data_sync);
    expect_sync_refused(db);
}

} // namespace
} // namespace rebolt::test
