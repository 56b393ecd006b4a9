// What a handle can be asked for beside its data: syncs, growth, mapping, a log.
#include <rebolt/db.hpp>

#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"
#include "engine/test_writer.hpp"
#include "io/system_calls.hpp"

namespace rebolt::test {
namespace {

using std::chrono::nanoseconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::StartsWith;
using enum ErrorCode;

struct CountedSyncs : io::SystemCalls {
    int fdatasync(int descriptor) override {
        ++count;
        return io::SystemCalls::fdatasync(descriptor);
    }
    int count = 0;
};

class HandleOptions : public WriteTest {};

TEST_F(HandleOptions, CommitsSyncAsTheHandleSaysNow) {
    const auto syncs = std::make_shared<CountedSyncs>();
    const io::ReplacedSystemCalls replaced(syncs);
    const DB db = open({.no_sync = true});
    EXPECT_EQ(db.commit_sync(), CommitSync::off);
    put(db, "unsynced", "");
    EXPECT_EQ(syncs->count, 0);
    must(db.sync());
    EXPECT_EQ(syncs->count, 1);
    db.set_commit_sync(CommitSync::on);
    put(db, "synced", "");
    EXPECT_EQ(syncs->count, 3); // its pages, its meta
    db.set_commit_sync(CommitSync::off);
    put(db, "unsynced again", "");
    EXPECT_EQ(syncs->count, 3);
}

TEST_F(HandleOptions, StatisticsSayHowLongCommitsAndTheirSyncsTook) {
    const DB db = open({.no_sync = true});
    put(db, "unsynced", "");
    const TxStats unsynced = must(db.stats()).writes;
    EXPECT_GT(unsynced.commit_time, nanoseconds{0});
    EXPECT_EQ(unsynced.sync_time, nanoseconds{0});
    db.set_commit_sync(CommitSync::on);
    put(db, "synced", "");
    const TxStats all = must(db.stats()).writes;
    EXPECT_GT(all.sync_time, nanoseconds{0});
    EXPECT_GE(all.commit_time, unsynced.commit_time + all.sync_time);
}

TEST_F(HandleOptions, HooksAndWhoComesLaterSeeTheTransactionsStatistics) {
    const DB db = open();
    TxStats in_hook;
    Tx tx = must(db.begin(Access::write));
    must(must(tx.create_bucket("b")).put("key", "value"));
    tx.on_commit([&] { in_hook = tx.stats(); });
    must(tx.commit());
    EXPECT_GT(in_hook.bytes_written, 0U);
    EXPECT_GT(in_hook.pages_written, 0U);
    EXPECT_EQ(tx.stats(), in_hook);
    EXPECT_EQ(must(db.stats()).writes, in_hook);
    update(db, [&](Tx& managed) {
        must(must(managed.bucket("b")).put("key", "other"));
        managed.on_commit([&] { in_hook = managed.stats(); });
    });
    EXPECT_GT(in_hook.bytes_written, 0U);
}

TEST_F(HandleOptions, StrictCheckSeesItsOwnCommitThoughOthersFollow) {
    std::vector<std::uint64_t> seen;
    const DB db = open({.strict_check = [&](const Tx& tx) -> Result<void> {
        seen.push_back(number(tx.id()));
        return {};
    }});
    update(db, [&](Tx& tx) {
        must(tx.create_bucket("first"));
        tx.on_commit([&] { put(db, "from", "hook"); });
    });
    EXPECT_THAT(seen, ElementsAre(3, 2)); // the hook's runs first
}

TEST_F(HandleOptions, FilesGrowByAsMuchAsAsked) {
    const DB db = open({.growth_bytes = 96 << 10});
    put(db, "small", "");
    EXPECT_EQ(file_bytes(), 32U << 10);
    put(db, "doubled", repeat(30 << 10));
    EXPECT_EQ(file_bytes(), 64U << 10);
    put(db, "a step", repeat(20 << 10), "other"); // not 128 KiB
    EXPECT_EQ(file_bytes(), 96U << 10);
    put(db, "much more", repeat(150 << 10));
    EXPECT_EQ(file_bytes() % (96U << 10), 0U);
    EXPECT_GT(file_bytes(), 192U << 10);
}

TEST_F(HandleOptions, APopulatedMappingReadsAsAnyOther) {
    {
        const DB db = open({.populate = true});
        put(db, "key", repeat(100'000));
        EXPECT_EQ(get(db, "key"), repeat(100'000));
    }
    EXPECT_EQ(get(open({.read_only = true, .populate = true}), "key"), repeat(100'000));
}

TEST_F(HandleOptions, ADescriptorIsTakenOver) {
    const int descriptor = ::open(path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    {
        const DB db = must(DB::open_descriptor(descriptor, {.page_size_bytes = 4096}));
        EXPECT_EQ(db.path(), path());
        put(db, "key", "value");
        EXPECT_EQ(code_of(DB::open(path())), lock_timeout); // it holds the lock
    }
    EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1); // closed
    EXPECT_EQ(get(open(), "key"), "value");
}

TEST_F(HandleOptions, ADescriptorMayHaveNoName) {
    const int descriptor = ::memfd_create("database", MFD_CLOEXEC);
    const DB db = must(DB::open_descriptor(descriptor));
    put(db, "key", "value");
    EXPECT_EQ(get(db, "key"), "value");
}

TEST_F(HandleOptions, ADescriptorThatOnlyReadsCannotWrite) {
    put(open(), "key", "value");
    const auto reading = [&] { return ::open(path().c_str(), O_RDONLY | O_CLOEXEC); };
    EXPECT_EQ(code_of(DB::open_descriptor(reading())), invalid_argument);
    EXPECT_EQ(get(must(DB::open_descriptor(reading(), {.read_only = true})), "key"), "value");
    EXPECT_FALSE(DB::open_descriptor(-1));
}

struct Log {
    [[nodiscard]] OpenOptions options() {
        return {.page_size_bytes = 4096, .log = [this](LogLevel level, std::string_view line) {
                    lines.push_back(std::string(name_of(level)) + " " + std::string(line));
                }};
    }
    std::vector<std::string> lines;
};

TEST_F(HandleOptions, TheLogTellsWhatTheHandleDoes) {
    Log log;
    put(must(DB::open(path(), log.options())), "key", "value");
    EXPECT_THAT(log.lines,
                ElementsAre("debug opened " + path() +
                                ": for writing, transaction 1, 16384 bytes in pages of 4096",
                            "debug " + path() + " grew to 32768 bytes",
                            AllOf(StartsWith("debug " + path() + ": committed transaction 2: "),
                                  HasSubstr(" ms syncing")),
                            "debug closed " + path()));
}

TEST_F(HandleOptions, TheLogTellsWhomOpeningWaitsForAndWhatWasWrong) {
    Log log;
    const DB db = open();
    EXPECT_EQ(code_of(DB::open(path(), log.options())), lock_timeout);
    EXPECT_THAT(log.lines, ElementsAre(StartsWith("info waiting: " + path())));
    log.lines.clear();
    OpenOptions reading = log.options();
    reading.read_only = true;
    must(DB::open(test_data("damaged/docker-meta0.db"), reading));
    EXPECT_THAT(log.lines, Contains(HasSubstr(": meta-")));
}

TEST_F(HandleOptions, WhatTheLogThrowsIsDropped) {
    const DB db = open({.log = [](LogLevel, std::string_view) { throw 1; }});
    put(db, "key", "value");
    EXPECT_EQ(get(db, "key"), "value");
}

} // namespace
} // namespace rebolt::test
