// Opening: locks, metas, page sizes, what is refused and how; snapshots.
#include <rebolt/db.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"

namespace rebolt::test {
namespace {

using enum FindingCode;

std::optional<FindingCode> refusal(PatchedFile& file) {
    const auto db = DB::open(file.path(), {.read_only = true, .lock = false});
    if (db || db.error().finding() == nullptr)
        return std::nullopt;
    EXPECT_EQ(db.error().code(), ErrorCode::damaged);
    return db.error().finding()->code;
}

TEST(DbOpen, RefusesAnEmptyFile) {
    PatchedFile file{std::vector<std::byte>{}};
    EXPECT_EQ(refusal(file), file_empty);
}

TEST(DbOpen, RefusesWhatIsNoBoltFileWhateverItsSize) {
    for (const std::size_t bytes : {1UL, 15UL, 79UL, 80UL, 511UL, 4095UL, 4096UL, 70000UL}) {
        SCOPED_TRACE(bytes);
        PatchedFile file{std::vector<std::byte>(bytes, std::byte{'x'})};
        EXPECT_EQ(refusal(file), not_a_bolt_file);
    }
}

TEST(DbOpen, NamesTheForeignByteOrder) {
    TestFile built(4);
    built.file().put(16, format::magic_of_foreign_byte_order);
    built.file().put(4096 + 16, format::magic_of_foreign_byte_order);
    EXPECT_EQ(refusal(built.file()), foreign_byte_order);
}

TEST(DbOpen, SaysThatNeitherMetaIsValid) {
    TestFile built(4);
    built.file().put(16 + 48, std::uint64_t{1}).put(4096 + 16 + 48, std::uint64_t{2});
    EXPECT_EQ(refusal(built.file()), both_metas_invalid);
}

TEST(DbOpen, SaysWhatTheSystemSays) {
    EXPECT_EQ(DB::open("/nonexistent/file.db", {.read_only = true}).error().code(),
              ErrorCode::file_not_found);
    EXPECT_EQ(DB::open("/tmp", {.read_only = true}).error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(DB::open(test_data("real/etcd-3.4.db"), {.lock = false}).error().code(),
              ErrorCode::invalid_argument);
}

TEST(DbOpen, UsesTheValidMetaWithTheLargerTransaction) {
    TestFile built(4);
    built.leaf(3, {});
    EXPECT_EQ(number(built.open().begin()->id()), 7U);
    built.file().put(4096 + 16 + 48, std::uint64_t{99}); // now its checksum is wrong
    EXPECT_EQ(number(built.open().begin()->id()), 6U);
}

TEST(DbOpen, UsesTheTransactionBeforeWhenTheNewerMetaIsDamaged) {
    EXPECT_EQ(
        number(DB::open(test_data("damaged/docker-meta0.db"), {.read_only = true})->begin()->id()),
        98U);
    EXPECT_EQ(number(DB::open(test_data("real/docker-20.10-running.db"), {.read_only = true})
                         ->begin()
                         ->id()),
              99U);
}

TEST(DbOpen, FindsEveryPageSizeByEitherMeta) {
    for (std::uint32_t size = format::page_size_min; size <= format::page_size_max; size *= 2) {
        SCOPED_TRACE(size);
        TestFile built(5, size);
        built.bucket_b().leaf(4, {{"key", "value"}});
        EXPECT_EQ(built.open().page_size_bytes(), size);
        built.file().put(16, std::uint32_t{0}); // meta 0's magic
        const DB db = built.open();
        EXPECT_EQ(db.page_size_bytes(), size);
        EXPECT_EQ(**db.begin()->bucket("b")->get("key"), "value");
    }
}

TEST(DbOpen, SaysWhoHoldsTheLockWhenTheTimeIsOver) {
    TestFile built(4);
    const std::string path = built.file().path();
    const int other = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    const auto locked =
        DB::open(path, {.read_only = true, .timeout = std::chrono::milliseconds{60}});
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().code(), ErrorCode::lock_timeout);
    EXPECT_THAT(locked.error().to_text(), testing::HasSubstr("the file is locked by"));
    EXPECT_THAT(locked.error().to_text(), testing::HasSubstr(path));
    EXPECT_TRUE(DB::open(path, {.read_only = true, .lock = false}));
    ::close(other);
    EXPECT_TRUE(DB::open(path, {.read_only = true, .timeout = std::chrono::milliseconds{60}}));
}

TEST(DbOpen, SharesTheLockWithReadersUntilTheLastUserIsGone) {
    TestFile built(4);
    built.leaf(3, {});
    const std::string path = built.file().path();
    const int other = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_SH), 0);
    auto db = DB::open(path, {.read_only = true, .timeout = std::chrono::milliseconds{0}});
    ASSERT_TRUE(db);
    {
        const auto tx = db->begin();
        db->close();
        EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0); // the transaction still reads
    }
    EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
    ::close(other);
}

TEST(DbBegin, FailsAfterCloseButARunningTransactionGoesOn) {
    DB db = *DB::open(test_data("real/docker-20.10-running.db"), {.read_only = true});
    const DB copy = db;
    const Tx tx = *db.begin();
    db.close();
    EXPECT_EQ(copy.begin().error().code(), ErrorCode::database_closed);
    EXPECT_EQ(copy.stats().error().code(), ErrorCode::database_closed);
    EXPECT_EQ(list(*tx.bucket("libnetwork")).keys.size(), 56U);
}

TEST(DbBegin, SeesTheNewestCommitAndTheFileAsItHasGrown) {
    TestFile built(5);
    built.bucket_b().leaf(4, {{"old", "1"}});
    const DB db = built.open();
    const Tx before = *db.begin();
    TestFile grown(400);
    grown.bucket_b()
        .leaf(4, {{"old", "1"}})
        .leaf(399, {{"new", "2"}})
        .leaf(5, {{"b", bucket_value(399), 1}});
    auto meta = grown.file().get<format::MetaFields>(16);
    meta.root = 5;
    meta.txid = 8;
    grown.file().put(16, meta).seal_meta(0, 4096);
    built.file().bytes() = grown.file().bytes();
    static_cast<void>(built.file().path()); // writes them into the open file
    const Tx after = *db.begin();
    EXPECT_EQ(number(after.id()), 8U);
    EXPECT_EQ(after.size_bytes(), 400U * 4096);
    EXPECT_EQ(**after.bucket("b")->get("new"), "2");
    EXPECT_EQ(number(before.id()), 7U);
    EXPECT_EQ(**before.bucket("b")->get("old"), "1");
}

TEST(DbBegin, RefusesARootOutsideTheDatabase) {
    for (const std::uint64_t root : {0UL, 1UL, 4UL, ~0UL}) {
        SCOPED_TRACE(root);
        TestFile built(4);
        for (const std::uint64_t page : {0UL, 1UL})
            built.file().put(page * 4096 + 32, root).seal_meta(page, 4096);
        const auto tx = built.open().begin();
        ASSERT_FALSE(tx);
        EXPECT_EQ(tx.error().finding()->code, meta_root_out_of_range);
    }
}

TEST(DbBegin, SurvivesAHighWaterMarkOfAnySize) {
    for (const std::uint64_t mark : {std::uint64_t{1} << 40, std::uint64_t{1} << 52, ~0UL}) {
        SCOPED_TRACE(mark);
        TestFile built(5);
        built.bucket_b().leaf(4, {{"key", "value"}});
        for (const std::uint64_t page : {0UL, 1UL})
            built.file().put(page * 4096 + 56, mark).seal_meta(page, 4096);
        const Tx tx = *built.open().begin();
        EXPECT_EQ(**tx.bucket("b")->get("key"), "value");
    }
}

TEST(DbView, PassesOnWhatTheWorkReturns) {
    const DB db = *DB::open(test_data("real/docker-20.10-running.db"), {.read_only = true});
    EXPECT_TRUE(db.view([](Tx& tx) -> Result<void> {
        EXPECT_EQ(number(tx.id()), 99U);
        return {};
    }));
    const auto failed =
        db.view([](Tx&) -> Result<void> { return Error(ErrorCode::cancelled, "enough"); });
    EXPECT_EQ(failed.error().code(), ErrorCode::cancelled);
}

} // namespace
} // namespace rebolt::test
