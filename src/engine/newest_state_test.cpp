// A file whose newer meta is damaged: what is shown, and that no writer and no copy
// passes the newer transaction over.
#include <rebolt/compact.hpp>
#include <rebolt/db.hpp>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"
#include "engine/test_writer.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t page_size = 4096;

// Offsets in a meta page.
constexpr std::size_t magic_at = 16;
constexpr std::size_t root_at = 32;
constexpr std::size_t txid_at = 64;
constexpr std::size_t checksum_at = 72;

// A file of transactions 1 … 4, `k` is the number of each: meta 0 is the newest.
class NewestState : public WriteTest {
protected:
    void SetUp() override {
        const DB db = open();
        for (const char* value : {"2", "3", "4"})
            put(db, "k", value);
    }
    void TearDown() override { std::filesystem::remove(path()); } // damaged on purpose

    void damage(std::size_t slot, std::size_t offset, std::size_t bytes = 1) const {
        std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
        for (std::size_t i = 0; i < bytes; ++i) {
            const auto at = static_cast<std::streamoff>(slot * page_size + offset + i);
            file.seekg(at);
            const int byte = file.get();
            file.seekp(at);
            file.put(static_cast<char>(byte ^ 0x55));
        }
    }
    [[nodiscard]] DB read() const { return must(DB::open(path(), {.read_only = true})); }
    void expect_refused() const {
        const std::string before = bytes_of(path());
        const auto db = DB::open(path());
        ASSERT_FALSE(db);
        ASSERT_NE(db.error().finding(), nullptr);
        EXPECT_EQ(db.error().finding()->transaction, TxId{4});
        EXPECT_THAT(db.error().message(), HasSubstr("rebolt repair"));
        EXPECT_TRUE(bytes_of(path()) == before);
    }
};

TEST_F(NewestState, OfASoundFileIsShownWithoutAWord) {
    EXPECT_TRUE(read().shows_newest());
    EXPECT_TRUE(read().findings_at_open().empty());
    EXPECT_EQ(get(read(), "k"), "4");
}

TEST_F(NewestState, IsNotWrittenOverWhereItsMetaIsDamagedInOneField) {
    for (const std::size_t offset : {magic_at, magic_at + 4, magic_at + 8, magic_at + 12, txid_at,
                                     txid_at + 3, checksum_at, checksum_at + 7}) {
        SCOPED_TRACE(offset);
        damage(0, offset);
        expect_refused();
        const DB db = read();
        EXPECT_FALSE(db.shows_newest());
        ASSERT_EQ(db.findings_at_open().size(), 1U);
        EXPECT_EQ(db.findings_at_open()[0].severity, Severity::fatal);
        EXPECT_EQ(db.findings_at_open()[0].place.page, PageId{0});
        EXPECT_EQ(get(db, "k"), "3");
        damage(0, offset); // as it was
    }
}

TEST_F(NewestState, IsNeitherCopiedNorCompactedFromAnOlderOne) {
    damage(0, checksum_at);
    const DB db = read();
    EXPECT_EQ(code_of(must(db.begin()).copy_file(path("copy.db"))), ErrorCode::damaged);
    EXPECT_EQ(code_of(compact_file(db, path("copy.db"))), ErrorCode::damaged);
    EXPECT_FALSE(std::filesystem::exists(path("copy.db")));
    const DB older = must(DB::open(path(), {.read_only = true, .from_older = true}));
    EXPECT_FALSE(older.shows_newest());
    EXPECT_TRUE(compact_file(older, path("copy.db")));
    EXPECT_EQ(get(must(DB::open(path("copy.db"), {.read_only = true})), "k"), "3");
}

TEST_F(NewestState, IsGivenUpWhereTheCallerSaysSo) {
    damage(0, checksum_at);
    {
        const DB db = must(DB::open(path(), {.from_older = true}));
        EXPECT_FALSE(db.shows_newest());
        put(db, "k", "4b");
    }
    EXPECT_EQ(checked().verdict, Verdict::clean);
    EXPECT_EQ(get(read(), "k"), "4b");
    EXPECT_TRUE(read().shows_newest());
}

// Both metas are valid: what is wrong is below the newer one.
TEST_F(NewestState, IsPassedOverForTheTransactionThatTheCallerNames) {
    const DB older = must(DB::open(path(), {.read_only = true, .transaction = TxId{3}}));
    EXPECT_FALSE(older.shows_newest());
    EXPECT_EQ(get(older, "k"), "3");
    EXPECT_TRUE(compact_file(older, path("copy.db")));
    EXPECT_EQ(get(must(DB::open(path("copy.db"), {.read_only = true})), "k"), "3");
    EXPECT_TRUE(must(DB::open(path(), {.read_only = true, .transaction = TxId{4}})).shows_newest());
}

TEST_F(NewestState, IsReplacedByTheFirstCommitFromTheTransactionBefore) {
    {
        const DB db = must(DB::open(path(), {.transaction = TxId{3}}));
        put(db, "k", "4b");
    }
    EXPECT_EQ(checked().verdict, Verdict::clean);
    EXPECT_EQ(get(read(), "k"), "4b");
    EXPECT_EQ(must(read().begin()).id(), TxId{4});
}

TEST_F(NewestState, OfATransactionThatNoMetaNamesIsAnError) {
    for (const std::uint64_t wanted : {0U, 2U, 5U}) {
        const auto db = DB::open(path(), {.read_only = true, .transaction = TxId{wanted}});
        ASSERT_FALSE(db);
        EXPECT_EQ(db.error().code(), ErrorCode::invalid_argument);
        EXPECT_THAT(db.error().message(), HasSubstr("the newest is 4"));
    }
}

// Nothing can be brought back by that meta: bbolt's recovery is the right one.
TEST_F(NewestState, IsPassedOverWhereItsTreeIsNotThere) {
    damage(0, root_at, 2);
    EXPECT_FALSE(read().shows_newest());
    const DB db = open();
    ASSERT_EQ(db.findings_at_open().size(), 1U);
    EXPECT_THAT(db.findings_at_open()[0].message, HasSubstr("not all of its pages"));
    put(db, "k", "4b");
}

TEST_F(NewestState, IsTheValidOneWhereTheOlderMetaIsDamaged) {
    for (const std::size_t offset : {magic_at, root_at, txid_at, checksum_at}) {
        SCOPED_TRACE(offset);
        damage(1, offset);
        const DB db = open();
        EXPECT_TRUE(db.shows_newest());
        ASSERT_EQ(db.findings_at_open().size(), 1U);
        EXPECT_EQ(db.findings_at_open()[0].severity, Severity::note);
        EXPECT_EQ(get(db, "k"), "4");
        damage(1, offset);
    }
}

TEST_F(NewestState, CannotBeToldFromAMetaThatIsGone) {
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    file.write(std::string(page_size, '\0').data(), page_size);
    file.close();
    const DB db = open();
    EXPECT_TRUE(db.shows_newest());
    ASSERT_EQ(db.findings_at_open().size(), 1U);
    EXPECT_EQ(db.findings_at_open()[0].code, FindingCode::meta_magic);
    EXPECT_EQ(get(db, "k"), "3");
}

TEST(NewestStateOfRealFiles, ATornMetaIsNotWrittenOver) {
    const TemporaryFolder folder;
    const std::string path = folder.path("copy.db");
    std::filesystem::copy_file(test_data("damaged/docker-meta0.db"), path);
    const auto db = DB::open(path);
    ASSERT_FALSE(db);
    EXPECT_EQ(db.error().finding()->code, FindingCode::meta_checksum);
    EXPECT_EQ(db.error().finding()->transaction, TxId{99});
    EXPECT_FALSE(DB::open(path, {.read_only = true})->shows_newest());
}

TEST(NewestStateOfRealFiles, DamageIsNotPassedOnByCopies) {
    const TemporaryFolder folder;
    for (const char* name : {"damaged/docker-count.db", "damaged/docker-cycle-next.db",
                             "damaged/docker-zero-leaf.db"}) {
        SCOPED_TRACE(name);
        const DB db = must(DB::open(test_data(name), {.read_only = true}));
        EXPECT_EQ(code_of(compact_file(db, folder.path("c.db"))), ErrorCode::damaged);
        EXPECT_EQ(code_of(must(db.begin()).copy_file(folder.path("c.db"))), ErrorCode::damaged);
        EXPECT_FALSE(std::filesystem::exists(folder.path("c.db")));
    }
}

class NewFiles : public WriteTest {};

TEST_F(NewFiles, AreEmptyAgainIfAllThatWasToBePutIntoThemFailed) {
    std::ofstream(path()).close();
    {
        const DB db = open();
        const auto failed = db.update([](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("missing");
            return bucket ? Result<void>{} : std::move(bucket).error();
        });
        EXPECT_EQ(code_of(failed), ErrorCode::bucket_not_found);
    }
    EXPECT_EQ(file_bytes(), 0U);
    {
        DB db = open();
        static_cast<void>(db.update([](Tx& tx) { return tx.delete_bucket("missing"); }));
        put(db, "k", "v"); // the second came through
        db.close();
    }
    EXPECT_GT(file_bytes(), 0U);
}

TEST_F(NewFiles, OfSmallPagesHaveAsManyBytesAsBboltWants) {
    {
        const DB db = open({.page_size_bytes = 512});
        EXPECT_EQ(file_bytes(), 4096U);
        EXPECT_TRUE(compact_file(db, path("compacted.db")));
        EXPECT_TRUE(must(db.begin()).copy_file(path("copied.db")));
    }
    for (const char* name : {"compacted.db", "copied.db"}) {
        EXPECT_EQ(std::filesystem::file_size(path(name)), 4096U);
        EXPECT_EQ(checked(name).verdict, Verdict::clean);
    }
}

TEST_F(NewFiles, AreOpenedAndWrittenThoughTheyClaimToBeGiants) {
    {
        put(open(), "k", "v");
    }
    std::filesystem::resize_file(path(), std::uintmax_t{8} << 40);
    EXPECT_EQ(checked().verdict, Verdict::clean);
    {
        const DB db = open();
        EXPECT_EQ(get(db, "k"), "v");
        put(db, "large", repeat(100000));
    }
    const DB db = must(DB::open(path(), {.read_only = true}));
    EXPECT_EQ(get(db, "large")->size(), 100000U);
}

TEST_F(NewFiles, AnUpdateInsideAnUpdateIsAnErrorAndNoWaitWithoutEnd) {
    const DB db = open();
    const auto outer = db.update([&](Tx& tx) -> Result<void> {
        must(tx.create_bucket("b"));
        EXPECT_EQ(code_of(db.update([](Tx&) -> Result<void> { return {}; })),
                  ErrorCode::invalid_argument);
        EXPECT_EQ(code_of(db.begin(Access::write)), ErrorCode::invalid_argument);
        return {};
    });
    EXPECT_TRUE(outer);
    put(db, "k", "v");
}

} // namespace
} // namespace rebolt::test
