// Opening for writing, update and view, close: what ends well and what does not.
#include <rebolt/db.hpp>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/test_file.hpp"
#include "engine/test_writer.hpp"
#include "support/patched_file.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

using enum ErrorCode;

class DbWrites : public WriteTest {
protected:
    static std::optional<FindingCode> damage_of(const std::string& path) {
        const auto db = DB::open(path);
        return db || db.error().finding() == nullptr ? std::nullopt
                                                     : std::optional(db.error().finding()->code);
    }
};

TEST_F(DbWrites, OpenKnowsItsPathAndCanBeClosed) {
    DB db = open();
    EXPECT_EQ(db.path(), path());
    EXPECT_FALSE(db.is_read_only());
    EXPECT_EQ(db.page_size_bytes(), 4096U);
    db.close();
    db.close(); // twice is fine
    EXPECT_TRUE(DB::open(path(), {.timeout = std::chrono::milliseconds{0}}));
}

// Both processes would commit through one lock, and one would lose what it committed.
TEST_F(DbWrites, AreRefusedInAForkedProcess) {
    const DB db = open();
    Tx tx = *db.begin(Access::write);
    ASSERT_TRUE(tx.create_bucket("in the process that opened it"));
    const auto is_refused = [](const Error& error) {
        return error.code() == invalid_argument &&
               error.message().starts_with("the database was opened before fork()");
    };
    const pid_t child = ::fork();
    if (child == 0) {
        const bool all = is_refused(db.begin().error()) && is_refused(db.sync().error()) &&
                         is_refused(tx.commit().error());
        ::_exit(all ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(tx.commit());
    EXPECT_TRUE(db.begin());
}

// The number after the last is 0, which is older than all: what was committed was never seen.
TEST_F(DbWrites, EndWithTheLastTransactionThatThereCanBe) {
    constexpr std::uint64_t page_bytes = 4096;
    constexpr std::uint64_t txid_at = 64;
    constexpr std::uint64_t last = ~std::uint64_t{0};
    const auto make = [](const char* name) {
        return [name](Tx& tx) -> Result<void> {
            auto made = tx.create_bucket(name);
            return made ? Result<void>() : Result<void>(std::move(made).error());
        };
    };
    ASSERT_TRUE(open().update(make("first")));
    PatchedFile file(path());
    for (const std::uint64_t page : {0U, 1U})
        file.put(page * page_bytes + txid_at, last - 2 + (page == 0 ? 1 : 0))
            .seal_meta(page, page_bytes);
    const std::string patched = file.path();
    const DB db = *DB::open(patched);
    ASSERT_TRUE(db.update(make("second")));
    const auto refused = db.update(make("third"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), invalid_argument);
    EXPECT_THAT(refused.error().message(),
                testing::StartsWith("transaction 18446744073709551615 is the last"));
    ASSERT_TRUE(db.view([](Tx& tx) -> Result<void> {
        EXPECT_TRUE(tx.bucket("second"));
        EXPECT_FALSE(tx.bucket("third"));
        return {};
    }));
}

TEST_F(DbWrites, NeedAPathThatCanBe) {
    EXPECT_EQ(code_of(DB::open("")), file_not_found);
    EXPECT_EQ(code_of(DB::open(path("missing/test.db"))), file_not_found);
    EXPECT_EQ(code_of(DB::open(path("missing.db"), {.read_only = true})), file_not_found);
    EXPECT_FALSE(std::filesystem::exists(path("missing.db"))); // readers make no file
}

TEST_F(DbWrites, LeaveAFileAloneThatIsNone) {
    const std::string text = "no database stands here\n";
    std::ofstream(path("text"), std::ios::binary) << text;
    EXPECT_EQ(damage_of(path("text")), FindingCode::not_a_bolt_file);
    EXPECT_EQ(bytes_of(path("text")), text);
}

// A field of both metas becomes `value`; the checksum is made right.
void change_metas(PatchedFile& file, std::uint64_t offset_in_meta, std::uint32_t value) {
    for (const std::uint64_t page : {0UL, 1UL})
        file.put(page * 4096 + 16 + offset_in_meta, value).seal_meta(page, 4096);
}

TEST_F(DbWrites, RefuseAnotherVersionOrAWrongChecksum) {
    {
        put(open(), "key", "value");
    }
    PatchedFile version(path());
    change_metas(version, 4, 3);
    EXPECT_EQ(damage_of(version.path()), FindingCode::both_metas_invalid);
    PatchedFile checksum(path());
    for (const std::uint64_t page : {0UL, 1UL})
        checksum.put(page * 4096 + 16 + 16, std::uint64_t{99}); // the root
    EXPECT_EQ(damage_of(checksum.path()), FindingCode::both_metas_invalid);
}

TEST_F(DbWrites, RefuseAFileThatLostItsEndUnlessItWasNew) {
    {
        const DB db = open();
    }
    std::filesystem::resize_file(path(), 4096);
    {
        const DB db = open(); // nothing was in it: made again
        EXPECT_EQ(db.findings_at_open().size(), 1U);
        put(db, "key", "value");
    }
    std::filesystem::copy_file(path(), path("cut.db"));
    std::filesystem::resize_file(path("cut.db"), 2 * 4096);
    EXPECT_EQ(damage_of(path("cut.db")), FindingCode::file_truncated);
    EXPECT_EQ(std::filesystem::file_size(path("cut.db")), 2U * 4096);
}

TEST_F(DbWrites, LargerPagesMakeALargerNewFile) {
    {
        const DB db = open({.page_size_bytes = 8192});
    }
    EXPECT_EQ(file_bytes(), 4U * 8192);
    {
        const DB db = must(DB::open(path("larger.db"), {.page_size_bytes = 16384}));
    }
    EXPECT_EQ(std::filesystem::file_size(path("larger.db")), 4U * 16384);
    EXPECT_EQ(must(DB::open(path("larger.db"))).page_size_bytes(), 16384U);
}

TEST_F(DbWrites, AFileReopenedIsTheSame) {
    {
        const DB db = open();
    }
    const std::string before = bytes_of(path());
    {
        const DB db = open();
    }
    EXPECT_EQ(bytes_of(path()), before);
    EXPECT_EQ(checked().verdict, Verdict::clean);
}

TEST_F(DbWrites, UpdateKeepsAllThatItsWorkDid) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.put("apple", "1"));
        must(bucket.put("pear", "2"));
        must(bucket.erase("apple"));
    });
    EXPECT_EQ(get(db, "apple"), std::nullopt);
    EXPECT_EQ(get(db, "pear"), "2");
}

TEST_F(DbWrites, NothingRunsInAClosedDatabase) {
    DB db = open();
    db.close();
    const auto never = [](Tx&) -> Result<void> {
        ADD_FAILURE();
        return {};
    };
    EXPECT_EQ(code_of(db.update(never)), database_closed);
    EXPECT_EQ(code_of(db.batch(never)), database_closed);
    EXPECT_EQ(code_of(db.view(never)), database_closed);
    EXPECT_EQ(code_of(db.begin(Access::write)), database_closed);
    EXPECT_EQ(code_of(db.begin()), database_closed);
    EXPECT_EQ(code_of(db.sync()), database_closed);
}

TEST_F(DbWrites, UpdateOfWhatItsWorkRolledBackFails) {
    const DB db = open();
    const auto updated = db.update([](Tx& tx) -> Result<void> {
        must(tx.create_bucket("b"));
        tx.rollback();
        return {};
    });
    EXPECT_EQ(code_of(updated), transaction_closed);
    EXPECT_EQ(code_of(must(db.begin()).bucket("b")), bucket_not_found);
    put(db, "key", "value"); // the writer is free
}

TEST_F(DbWrites, ViewMayEndEarlyButNotCommit) {
    const DB db = open();
    put(db, "key", "value");
    const auto viewed = db.view([](Tx& tx) -> Result<void> {
        EXPECT_EQ(code_of(tx.commit()), transaction_not_writable);
        tx.rollback();
        EXPECT_EQ(code_of(tx.bucket("b")), transaction_closed);
        return {};
    });
    EXPECT_TRUE(viewed);
}

struct Thrown {};

TEST_F(DbWrites, UpdateThatThrowsIsRolledBackAndFreesTheWriter) {
    const DB db = open();
    const auto throwing = [](Tx& tx) -> Result<void> {
        must(tx.create_bucket("b"));
        throw Thrown();
    };
    EXPECT_THROW(static_cast<void>(db.update(throwing)), Thrown);
    EXPECT_EQ(code_of(must(db.begin()).bucket("b")), bucket_not_found);
    put(db, "key", "value");
    EXPECT_EQ(get(db, "key"), "value");
}

TEST_F(DbWrites, ViewThatThrowsEndsItsTransaction) {
    const DB db = open();
    put(db, "key", "value");
    const auto throwing = [](Tx&) -> Result<void> { throw Thrown(); };
    EXPECT_THROW(static_cast<void>(db.view(throwing)), Thrown);
    EXPECT_EQ(must(db.stats()).open_transaction_count, 0U);
    EXPECT_EQ(get(db, "key"), "value");
}

// bbolt's first pages are free, leaf and freelist: here the state before stays
// whole, so that there are two more.
TEST_F(DbWrites, SmallCommitsTakeTurnsOnSixPages) {
    const DB db = open();
    for (int i = 0; i < 11; ++i) {
        put(db, "key", "value");
        EXPECT_LE(must(db.begin()).meta().high_water_mark, 8U);
    }
    const CheckReport report = checked();
    const PageCounts expected{.meta = 2, .freelist = 1, .leaf = 1, .free = 4, .total = 8};
    EXPECT_EQ(report.pages, expected);
    ASSERT_EQ(report.trees.size(), 2U);
    EXPECT_TRUE(report.trees[0].whole && report.trees[1].whole);
}

TEST_F(DbWrites, FreePagesAreFoundAgainWhereTheyWereNotStored) {
    const auto key = [](int i) { return std::to_string(i); };
    {
        const DB db = open({.no_freelist_sync = true});
        update(db, [&](Tx& tx) {
            for (int i = 0; i < 100; ++i)
                must(must(tx.create_bucket(key(i))).put(key(i), repeat(8192)));
        });
        update(db, [&](Tx& tx) {
            for (int i = 0; i < 50; ++i)
                must(must(tx.bucket(key(i))).erase(key(i)));
        });
    }
    std::uint64_t free = 0;
    {
        const DB db = open({.no_freelist_sync = true});
        free = must(db.stats()).free_page_count;
        EXPECT_GE(free, 150U);
    }
    const DB db = open(); // its first commit writes the list
    const DatabaseStats stats = must(db.stats());
    EXPECT_EQ(stats.free_page_count + stats.pending_page_count + 1, free);
}

} // namespace
} // namespace rebolt::test
