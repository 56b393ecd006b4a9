// What splitting and merging leave: how many elements stand on which page.
#include <rebolt/db.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An element of 16 bytes, a key of 8 and a value of 16: 12 go on a page of 512.
constexpr std::size_t value_bytes = 16;
constexpr int page_full = 12;

std::string key(int number) {
    return fmt::format("{:08}", number);
}

class TreeShape : public WriteTest {
protected:
    DB open_small() const { return open({.page_size_bytes = 512, .no_sync = true}); }

    static void put_numbers(const DB& db, int first, int end, std::size_t bytes = value_bytes) {
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket_if_missing("b"));
            for (int i = first; i < end; ++i)
                must(bucket.put(key(i), repeat(bytes)));
        });
    }
    static void erase_numbers(const DB& db, int first, int end) {
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.bucket("b"));
            for (int i = first; i < end; ++i)
                must(bucket.erase(key(i)));
        });
    }
    /// The elements of each leaf below the bucket's root page, which is a
    /// branch; of the root alone if it is a leaf.
    [[nodiscard]] std::vector<int> leaves(const DB& db) const {
        const PageId root = must(must(db.begin()).bucket("b")).root();
        const PageSource source = must(PageSource::open(path(), {.lock = false}));
        const auto page = must(source.page(root));
        if (page.header().type() == format::PageType::leaf)
            return {page.header().count};
        std::vector<int> counts;
        const auto branch = format::BranchView::of(page.bytes());
        for (std::uint16_t i = 0; i < page.header().count; ++i)
            counts.push_back(must(source.page(branch->element(i)->child)).header().count);
        return counts;
    }
};

TEST_F(TreeShape, WhatFitsAPageStaysOnIt) {
    const DB db = open_small();
    put_numbers(db, 0, page_full);
    EXPECT_THAT(leaves(db), ElementsAre(page_full));
}

// Half of 512 bytes: 16 and six elements of 40.
TEST_F(TreeShape, APageTooFullIsSplitAtTheFillPercent) {
    const DB db = open_small();
    put_numbers(db, 0, page_full + 1);
    EXPECT_THAT(leaves(db), ElementsAre(6, 7));
}

TEST_F(TreeShape, TheFillPercentIsTheCallers) {
    const DB db = open_small();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.set_fill_percent(1.0));
        for (int i = 0; i < 3 * page_full; ++i)
            must(bucket.put(key(i), repeat(value_bytes)));
    });
    EXPECT_THAT(leaves(db), ElementsAre(page_full, page_full, page_full));
}

// As many leaves as bbolt 1.3.6 makes of 20,000 ascending keys of 8 bytes.
TEST_F(TreeShape, KeysInOrderFillPagesAsBboltFillsThem) {
    struct Row {
        std::size_t value_bytes;
        double fill;
        std::uint64_t leaves;
    };
    for (const Row& row : {Row{20, 0.5, 434},
                           {100, 0.9, 690},
                           {100, 1.0, 625},
                           {300, 0.9, 1819},
                           {700, 0.5, 9999},
                           {700, 0.9, 4000},
                           {1300, 1.0, 6667}}) {
        const DB db = must(DB::open(path(fmt::format("{} {}", row.value_bytes, row.fill)),
                                    {.page_size_bytes = 4096, .no_sync = true}));
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket("b"));
            must(bucket.set_fill_percent(row.fill));
            for (int i = 0; i < 20'000; ++i)
                must(bucket.put(key(i), repeat(row.value_bytes)));
        });
        const BucketStats stats = must(must(must(db.begin()).bucket("b")).stats());
        EXPECT_EQ(stats.leaf_page_count, row.leaves) << row.value_bytes << " " << row.fill;
    }
}

TEST_F(TreeShape, FourElementsAreNeverSplitHoweverLarge) {
    const DB db = open_small();
    put_numbers(db, 0, 4, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(4));
    put_numbers(db, 4, 5, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(2, 3));
}

TEST_F(TreeShape, AValueOfHalfAPageGetsALeafOfItsOwn) {
    const DB db = open_small();
    put_numbers(db, 5, 6, 2000);
    put_numbers(db, 20, 25, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(2, 4)); // behind all others: as bbolt does
    put_numbers(db, 3, 4, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(1, 2, 4));
    put_numbers(db, 10, 11, 2000); // in the midst of a leaf
    EXPECT_THAT(leaves(db), ElementsAre(1, 3, 4));
    put_numbers(db, 4, 5, 215); // with 16 + 16 + 8 bytes one less than half of 512
    EXPECT_THAT(leaves(db), ElementsAre(2, 3, 4));
    put_numbers(db, 2, 3, 216);
    EXPECT_THAT(leaves(db), ElementsAre(1, 2, 3, 4));
    put_numbers(db, 25, 26, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(1, 2, 3, 2, 3));
    EXPECT_EQ(checked().verdict, Verdict::clean);
}

TEST_F(TreeShape, ALeafOfOneLargeValueIsReplacedAndRemovedWithoutItsNeighbours) {
    const DB db = open_small();
    put_numbers(db, 10, 15, 2000);
    put_numbers(db, 5, 6, 2000);
    EXPECT_THAT(leaves(db), ElementsAre(1, 2, 3));
    put_numbers(db, 5, 6, 300); // shorter, and still above a quarter of a page
    EXPECT_THAT(leaves(db), ElementsAre(1, 2, 3));
    const Tx tx = must(db.begin());
    EXPECT_EQ(must(must(tx.bucket("b")).get(key(5))), repeat(300));
    erase_numbers(db, 5, 6);
    EXPECT_THAT(leaves(db), ElementsAre(2, 3));
}

TEST_F(TreeShape, APageUnderAQuarterJoinsItsNeighbour) {
    const DB db = open_small();
    put_numbers(db, 0, page_full + 1);
    erase_numbers(db, 0, 3); // 16 and three elements are above 128 bytes
    EXPECT_THAT(leaves(db), ElementsAre(3, 7));
    erase_numbers(db, 3, 4);
    EXPECT_THAT(leaves(db), ElementsAre(9)); // and the root is a leaf again
}

TEST_F(TreeShape, APageBetweenOthersThatIsEmptiedIsGone) {
    const DB db = open_small();
    put_numbers(db, 0, 3 * page_full);
    const auto before = leaves(db);
    ASSERT_GT(before.size(), 3U);
    const int first = before[0];
    erase_numbers(db, first, first + before[1]);
    auto expected = before;
    expected.erase(expected.begin() + 1);
    EXPECT_EQ(leaves(db), expected);
}

TEST_F(TreeShape, ATreeGrowsLevelsAndLosesThem) {
    const DB db = open_small();
    put_numbers(db, 0, 2000);
    const BucketStats large = must(must(must(db.begin()).bucket("b")).stats());
    EXPECT_EQ(large.depth, 4U);
    erase_numbers(db, 0, 1999);
    const BucketStats small = must(must(must(db.begin()).bucket("b")).stats());
    EXPECT_EQ(small.depth, 1U);
    EXPECT_EQ(small.key_count, 1U);
    EXPECT_EQ(small.inline_bucket_count, 1U);
    EXPECT_EQ(must(db.stats()).high_water_mark,
              2 + checked().pages.freelist + 1 + checked().pages.free);
}

// A quarter of 512 bytes: 16 and two elements; three are too many.
TEST_F(TreeShape, ASmallBucketStandsInItsParent) {
    const DB db = open_small();
    put_numbers(db, 0, 2);
    EXPECT_TRUE(must(must(db.begin()).bucket("b")).is_inline());
    put_numbers(db, 2, 3);
    EXPECT_FALSE(must(must(db.begin()).bucket("b")).is_inline());
    erase_numbers(db, 0, 1);
    EXPECT_TRUE(must(must(db.begin()).bucket("b")).is_inline());
    update(db, [](Tx& tx) { must(must(tx.bucket("b")).create_bucket("c")); });
    EXPECT_FALSE(must(must(db.begin()).bucket("b")).is_inline()); // it holds a bucket
}

} // namespace
} // namespace rebolt::test
