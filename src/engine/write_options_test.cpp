// Options, limits and hooks of writers.
#include <rebolt/db.hpp>

#include <filesystem>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/compact.hpp>

#include "engine/test_file.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

class WriteOptions : public testing::Test {
protected:
    DB open(const OpenOptions& options = {}) const { return *DB::open(path(), options); }
    std::string path(const std::string& name = "test.db") const { return folder_.path(name); }
    static Result<void> put(const DB& db, const std::string& key, const std::string& value) {
        return db.update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("bucket");
            return bucket ? bucket->put(key, value) : std::move(bucket).error();
        });
    }
    static std::string get(const DB& db, const std::string& key) {
        const Tx tx = *db.begin();
        return std::string((*tx.bucket("bucket")->get(key)).value_or("none"));
    }
    static CheckReport checked(const std::string& path) {
        return *check(*PageSource::open(path, {.lock = false}));
    }
    std::size_t files() const {
        const auto folder = std::filesystem::path(path()).parent_path();
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), {}));
    }

private:
    TemporaryFolder folder_;
};

TEST_F(WriteOptions, AFileGrowsToItsBoundAndNotBeyond) {
    const DB db = open({.page_size_bytes = 4096, .max_size_bytes = 64 << 10});
    ASSERT_TRUE(put(db, "small", "value"));
    const auto refused = put(db, "large", std::string(70'000, 'x'));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::max_size_reached);
    EXPECT_EQ(get(db, "small"), "value");
    ASSERT_TRUE(put(db, "medium", std::string(20'000, 'x')));
    EXPECT_LE(std::filesystem::file_size(path()), 64U << 10);
    EXPECT_EQ(checked(path()).verdict, Verdict::clean);
}

TEST_F(WriteOptions, TheFileGrowsAsBboltsDoes) {
    const DB db = open({.page_size_bytes = 4096});
    EXPECT_EQ(std::filesystem::file_size(path()), 16U << 10);
    ASSERT_TRUE(put(db, "a", "value"));
    EXPECT_EQ(std::filesystem::file_size(path()), 32U << 10);
    ASSERT_TRUE(put(db, "b", std::string(80'000, 'x')));
    EXPECT_EQ(std::filesystem::file_size(path()), 128U << 10);
    ASSERT_TRUE(put(db, "c", std::string(20 << 20, 'x')));
    EXPECT_EQ(std::filesystem::file_size(path()), 32U << 20);
}

TEST_F(WriteOptions, TheFirstGrowthIsAsLargeAsAsked) {
    const DB db = open({.initial_mapping_bytes = 1 << 20});
    ASSERT_TRUE(put(db, "a", "value"));
    EXPECT_EQ(std::filesystem::file_size(path()), 1U << 20);
}

TEST_F(WriteOptions, StrictCheckSeesEachCommitAndItsErrorIsCommits) {
    std::vector<std::uint64_t> seen;
    const DB db = open({.strict_check = [&](const Tx& tx) -> Result<void> {
        seen.push_back(number(tx.id()));
        if (tx.bucket("bucket")->get("bad")->has_value())
            return Error(ErrorCode::invalid_argument, "bad");
        return {};
    }});
    ASSERT_TRUE(put(db, "good", "value"));
    EXPECT_EQ(put(db, "bad", "value").error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(get(db, "bad"), "value"); // the commit stands
}

TEST_F(WriteOptions, HooksRunInOrderAfterACommitAlone) {
    const DB db = open();
    std::vector<int> ran;
    Tx failed = *db.begin(Access::write);
    failed.on_commit([&] { ran.push_back(0); });
    failed.rollback();
    Tx tx = *db.begin(Access::write);
    tx.on_commit([&] { ran.push_back(1); });
    tx.on_commit([&] {
        ran.push_back(2);
        EXPECT_TRUE(put(db, "from", "hook")); // the writer is free
    });
    ASSERT_TRUE(tx.commit());
    EXPECT_EQ(ran, (std::vector{1, 2}));
    EXPECT_EQ(get(db, "from"), "hook");
}

TEST_F(WriteOptions, ManagedTransactionsCommitThemselves) {
    const DB db = open();
    const auto updated = db.update([](Tx& tx) { return tx.commit(); });
    ASSERT_FALSE(updated);
    EXPECT_EQ(updated.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(number(db.begin()->id()), 1U);
    Tx reader = *db.begin();
    EXPECT_EQ(reader.commit().error().code(), ErrorCode::transaction_not_writable);
    EXPECT_EQ(reader.create_bucket("x").error().code(), ErrorCode::transaction_not_writable);
}

TEST_F(WriteOptions, ReadOnlyHandlesDoNotWrite) {
    {
        ASSERT_TRUE(put(open(), "a", "value"));
    }
    const DB db = open({.read_only = true, .preload_freelist = true});
    EXPECT_TRUE(db.is_read_only());
    EXPECT_EQ(db.begin(Access::write).error().code(), ErrorCode::database_read_only);
    EXPECT_EQ(db.sync().error().code(), ErrorCode::database_read_only);
    EXPECT_EQ(get(db, "a"), "value");
    const auto damaged = DB::open(test_data("damaged/docker-freelist-leaf.db"),
                                  {.read_only = true, .preload_freelist = true});
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().finding()->code, FindingCode::freelist_type);
}

TEST_F(WriteOptions, LockedMemoryReadsAsOther) {
    const DB db = open({.lock_memory = true});
    ASSERT_TRUE(put(db, "a", std::string(100'000, 'x')));
    EXPECT_EQ(get(db, "a").size(), 100'000U);
}

TEST_F(WriteOptions, LimitsAreBbolts) {
    const DB db = open();
    Tx tx = *db.begin(Access::write);
    Bucket bucket = *tx.create_bucket("bucket");
    EXPECT_EQ(bucket.put("", "v").error().code(), ErrorCode::key_required);
    EXPECT_TRUE(bucket.put(std::string(32768, 'k'), "v"));
    EXPECT_EQ(bucket.put(std::string(32769, 'k'), "v").error().code(), ErrorCode::key_too_large);
    const char byte = 'v';
    const std::string_view too_large(&byte, (std::size_t{1} << 31) - 1); // never looked at
    EXPECT_EQ(bucket.put("k", too_large).error().code(), ErrorCode::value_too_large);
    EXPECT_EQ(bucket.create_bucket("").error().code(), ErrorCode::bucket_name_required);
    EXPECT_EQ(tx.create_bucket("bucket").error().code(), ErrorCode::bucket_exists);
    EXPECT_EQ(bucket.set_fill_percent(0.05).error().code(), ErrorCode::invalid_argument);
    EXPECT_TRUE(bucket.set_fill_percent(1.0));
    ASSERT_TRUE(tx.commit());
    EXPECT_EQ(bucket.put("k", "v").error().code(), ErrorCode::transaction_closed);
    EXPECT_EQ(tx.commit().error().code(), ErrorCode::transaction_closed);
    EXPECT_EQ(checked(path()).verdict, Verdict::clean);
}

TEST_F(WriteOptions, AValueOfTheTransactionMayBePutAgain) {
    const DB db = open();
    ASSERT_TRUE(db.update([](Tx& tx) -> Result<void> {
        Bucket bucket = *tx.create_bucket("bucket");
        EXPECT_TRUE(bucket.put("a", "first"));
        for (const char* key : {"b", "a", "c"})
            EXPECT_TRUE(bucket.put(key, **bucket.get("a")));
        return bucket.put("a", (*bucket.get("a"))->substr(2));
    }));
    EXPECT_EQ(get(db, "a"), "rst");
    EXPECT_EQ(get(db, "c"), "first");
}

TEST_F(WriteOptions, ACancelledCopyLeavesNothing) {
    const DB db = open();
    ASSERT_TRUE(put(db, "a", std::string(5 << 20, 'x')));
    const Tx tx = *db.begin();
    const auto copied = tx.copy_file(
        path("copy.db"), 0600, [](std::uint64_t done, std::uint64_t) { return done < 10000; });
    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().code(), ErrorCode::cancelled);
    EXPECT_EQ(files(), 1U);
    ASSERT_TRUE(tx.copy_file(path("copy.db")));
    EXPECT_EQ(checked(path("copy.db")).verdict, Verdict::clean);
    EXPECT_EQ(get(*DB::open(path("copy.db")), "a").size(), std::size_t{5} << 20);
}

TEST_F(WriteOptions, ACancelledCompactionLeavesNothing) {
    const DB db = open({.no_sync = true});
    ASSERT_TRUE(db.update([](Tx& tx) -> Result<void> {
        Bucket bucket = *tx.create_bucket("bucket");
        for (int i = 0; i < 30'000; ++i)
            EXPECT_TRUE(bucket.put(std::to_string(i), "value"));
        return bucket.set_sequence(7);
    }));
    CompactOptions options;
    options.progress = [](const CompactProgress& at) { return at.keys < 20'000; };
    const auto compacted = compact_file(db, path("new.db"), options);
    ASSERT_FALSE(compacted);
    EXPECT_EQ(compacted.error().code(), ErrorCode::cancelled);
    EXPECT_EQ(files(), 1U);
    ASSERT_TRUE(compact_file(db, path("new.db")));
    const DB small = *DB::open(path("new.db"), {.read_only = true});
    EXPECT_EQ(small.begin()->bucket("bucket")->sequence(), 7U);
    EXPECT_EQ(small.begin()->bucket("bucket")->stats()->key_count, 30'000U);
    EXPECT_LT(std::filesystem::file_size(path("new.db")), std::filesystem::file_size(path()));
}

TEST_F(WriteOptions, BothMetasTreesStayWhole) {
    const DB db = open({.page_size_bytes = 512});
    for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(put(db, std::to_string(i * 7919 % 60), std::string(90, 'x')));
        const CheckReport report = checked(path());
        ASSERT_EQ(report.trees.size(), 2U);
        ASSERT_TRUE(report.trees[0].whole && report.trees[1].whole) << i;
    }
}

TEST_F(WriteOptions, StatsCountPagesAndTransactions) {
    const DB db = open({.page_size_bytes = 4096});
    ASSERT_TRUE(put(db, "a", "value"));
    const Tx reader = *db.begin();
    const DatabaseStats stats = *db.stats();
    EXPECT_EQ(stats.page_size_bytes, 4096U);
    EXPECT_EQ(stats.open_transaction_count, 1U);
    EXPECT_EQ(stats.transaction_count, 1U);
    EXPECT_EQ(stats.writes.pages_written, 2U); // the root leaf with its inline bucket, the freelist
    EXPECT_EQ(stats.writes.pages_freed, 2U);
    EXPECT_EQ(stats.pending_page_count, 2U);
    EXPECT_EQ(stats.high_water_mark, 6U);
}

} // namespace
} // namespace rebolt::test
