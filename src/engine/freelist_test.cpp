// The stored freelist: written and read back; and what writers make of it.
#include "engine/freelist.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_writer.hpp"
#include "support/patched_file.hpp"

namespace rebolt::test {
namespace {

using engine::FreePages;
using engine::PageRun;
using testing::ElementsAre;

std::vector<std::uint64_t> round_trip(const FreePages& pages) {
    const std::uint64_t bytes = engine::freelist_bytes(pages.free_count() + pages.pending_count());
    std::vector<std::byte> page(bytes);
    engine::write_freelist(page.data(), {7, 1}, pages);
    const auto view = format::FreelistView::of(page);
    EXPECT_TRUE(view);
    std::vector<std::uint64_t> ids;
    for (std::uint64_t i = 0; i < view->count(); ++i)
        ids.push_back(number(view->id(i)));
    return ids;
}

TEST(FreelistPage, HoldsFreeAndPendingPagesInOrder) {
    FreePages pages;
    for (const std::uint64_t page : {12U, 39U})
        pages.add(page);
    pages.set_pending(100, {28, 1});
    pages.set_pending(100, {11, 1});
    pages.set_pending(101, {3, 1});
    EXPECT_THAT(round_trip(pages), ElementsAre(3, 11, 12, 28, 39));
}

TEST(FreelistPage, HasRoomForAsManyPagesAsAreFree) {
    EXPECT_EQ(engine::freelist_bytes(0), 16U);
    EXPECT_EQ(engine::freelist_bytes(8), 80U);
    EXPECT_EQ(engine::freelist_bytes(0xFFFE), 16U + 0xFFFE * 8U);
    EXPECT_EQ(engine::freelist_bytes(0xFFFF), 16U + 0x10000 * 8U); // the count goes first
}

TEST(FreelistPage, IsReadBackWhateverItsLength) {
    for (const FreelistType type : {FreelistType::array, FreelistType::hashmap})
        for (const std::uint64_t count :
             {0UL, 1UL, 10UL, 100UL, 1000UL, 0xFFFEUL, 0xFFFFUL, 0x10000UL, 0x1FFFEUL}) {
            SCOPED_TRACE(count);
            FreePages pages(type);
            std::vector<std::uint64_t> expected;
            for (std::uint64_t page = 2; page < 2 + count; ++page) {
                pages.add(page);
                expected.push_back(page);
            }
            EXPECT_EQ(round_trip(pages), expected);
        }
}

TEST(FreelistPage, EveryPageIsGivenOnceByEitherType) {
    for (const FreelistType type : {FreelistType::array, FreelistType::hashmap}) {
        FreePages pages(type);
        for (const PageRun run : {PageRun{20, 2}, {25, 3}, {35, 7}, {45, 5}})
            EXPECT_TRUE(pages.set_pending(10, run));
        EXPECT_EQ(pages.take(1), std::nullopt);
        pages.release(10);
        // Each length fits one place only.
        EXPECT_EQ(pages.take(7), 35U);
        EXPECT_EQ(pages.take(5), 45U);
        EXPECT_EQ(pages.take(3), 25U);
        EXPECT_EQ(pages.take(2), 20U);
        EXPECT_EQ(pages.free_count(), 0U);
    }
}

class FreelistInUse : public WriteTest {};

// The page counts in 16 bits: a longer list has its length in its first entry.
TEST_F(FreelistInUse, AListOfMoreThan65535PagesIsKept) {
    constexpr std::uint64_t pages = 70'000;
    std::uint64_t free = 0;
    {
        const DB db = open({.page_size_bytes = 512, .no_sync = true});
        put(db, "large", repeat(pages * 512));
        update(db, [](Tx& tx) { must(must(tx.bucket("b")).erase("large")); });
        const DatabaseStats stats = must(db.stats());
        free = stats.free_page_count + stats.pending_page_count;
        EXPECT_GT(free, pages);
    }
    const DB db = open();
    EXPECT_TRUE(db.findings_at_open().empty());
    EXPECT_EQ(must(db.stats()).free_page_count, free);
    EXPECT_EQ(must(db.stats()).pending_page_count, 0U);
}

struct Entries {
    std::uint64_t first;
    std::uint64_t second;
    std::optional<FindingCode> found;
};

// Entries of the stored list are put in place of two; the free pages are found
// again, and the next commit writes them.
TEST_F(FreelistInUse, EntriesThatCannotBeAreFoundAndPutRight) {
    {
        update(open(), [](Tx& tx) { must(tx.create_bucket("b")); });
    }
    const PatchedFile sound(path());
    const std::uint64_t list = sound.get<format::MetaFields>(16).freelist; // of transaction 2
    ASSERT_EQ(sound.get<std::uint64_t>(list * 4096 + 16), 2U);
    ASSERT_EQ(sound.get<std::uint64_t>(list * 4096 + 24), 3U);
    using enum FindingCode;
    for (const Entries& entries : {Entries{2, 3, std::nullopt},
                                   {3, 2, std::nullopt},
                                   {0, 2, freelist_out_of_range},
                                   {1, 2, freelist_out_of_range},
                                   {2, 6, freelist_out_of_range},
                                   {2, 2, freelist_duplicate},
                                   {2, list, page_reachable_but_free}}) {
        SCOPED_TRACE(entries.first * 100 + entries.second);
        PatchedFile file(path());
        file.put(list * 4096 + 16, entries.first).put(list * 4096 + 24, entries.second);
        const DB db = must(DB::open(file.path()));
        const auto& findings = db.findings_at_open();
        ASSERT_EQ(findings.size(), entries.found ? 1U : 0U);
        if (entries.found) {
            EXPECT_EQ(findings[0].code, *entries.found);
        }
        EXPECT_EQ(must(db.stats()).free_page_count, 2U);
        put(db, "key", "value", "c");
    }
}

TEST_F(FreelistInUse, ATransactionRolledBackLeavesItAsItWas) {
    const DB db = open({.no_sync = true});
    for (int i = 0; i < 20; ++i)
        put(db, std::to_string(i), repeat(1500));
    const auto counts = [&] {
        const DatabaseStats stats = must(db.stats());
        return std::pair(stats.free_page_count, stats.pending_page_count);
    };
    const auto before = counts();
    for (int round = 0; round < 3; ++round) {
        Tx tx = must(db.begin(Access::write));
        for (int i = 0; i < 20; ++i)
            must(must(tx.bucket("b")).put(std::to_string(i), repeat(1400)));
        tx.rollback();
        EXPECT_EQ(counts(), before);
    }
    put(db, "0", "after");
    EXPECT_EQ(checked().pages.leaked, 0U);
}

// What a commit takes and then cannot write is free again.
TEST_F(FreelistInUse, ACommitThatFailedGivesItsPagesBack) {
    const DB db = open({.max_size_bytes = 256 << 10, .no_sync = true});
    for (int i = 0; i < 10; ++i)
        put(db, std::to_string(i), repeat(8000));
    for (int i = 0; i < 10; ++i)
        put(db, std::to_string(i), "short");
    const std::uint64_t mark = must(db.stats()).high_water_mark;
    for (int i = 0; i < 5; ++i) {
        const auto refused = db.update([](Tx& tx) -> Result<void> {
            Bucket bucket = must(tx.bucket("b"));
            must(bucket.put("a", repeat(8000)));
            return bucket.put("z", repeat(300'000));
        });
        EXPECT_EQ(code_of(refused), ErrorCode::max_size_reached);
    }
    put(db, "a", repeat(8000));
    EXPECT_EQ(must(db.stats()).high_water_mark, mark);
    EXPECT_EQ(checked().pages.leaked, 0U);
}

} // namespace
} // namespace rebolt::test
