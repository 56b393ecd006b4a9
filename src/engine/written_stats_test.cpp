// Statistics of what was just written; of small buckets they are bbolt's.
#include <rebolt/stats.hpp>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

class WrittenStats : public WriteTest {
protected:
    static BucketStats stats_of(const DB& db, const std::string& bucket = "b") {
        return must(must(must(db.begin()).bucket(bucket)).stats());
    }
};

TEST_F(WrittenStats, OfASmallBucketAreOfItsParentsPage) {
    const DB db = open();
    put(db, "foo", "bar");
    const BucketStats expected{.key_count = 1,
                               .depth = 1,
                               .bucket_count = 1,
                               .inline_bucket_count = 1,
                               .inline_bucket_inuse_bytes = 16 + 16 + 6};
    EXPECT_EQ(stats_of(db), expected);
}

TEST_F(WrittenStats, OfAnEmptyBucketAreAHeader) {
    const DB db = open();
    update(db, [](Tx& tx) { must(tx.create_bucket("b")); });
    const BucketStats expected{
        .depth = 1, .bucket_count = 1, .inline_bucket_count = 1, .inline_bucket_inuse_bytes = 16};
    EXPECT_EQ(stats_of(db), expected);
}

TEST_F(WrittenStats, OfNestedBucketsAreAddedUp) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket outer = must(tx.create_bucket("b"));
        for (int i = 0; i < 100; ++i)
            must(outer.put(fmt::format("{:02}", i), fmt::format("{:02}", i)));
        Bucket middle = must(outer.create_bucket("mid"));
        Bucket inner = must(middle.create_bucket("inn"));
        for (int i = 0; i < 10; ++i) {
            must(middle.put(std::to_string(i), std::to_string(i)));
            must(inner.put(std::to_string(i), std::to_string(i)));
        }
    });
    // Header, elements, keys with values, a bucket's name with its header.
    constexpr std::uint64_t outer = 16 + 101 * 16 + 100 * 4 + 3 + 16;
    constexpr std::uint64_t middle = 16 + 11 * 16 + 10 * 2 + 3 + 16;
    constexpr std::uint64_t inner = 16 + 10 * 16 + 10 * 2;
    const BucketStats expected{.leaf_page_count = 2,
                               .key_count = 122,
                               .depth = 3,
                               .leaf_alloc_bytes = 8192,
                               .leaf_inuse_bytes = outer + middle + inner,
                               .bucket_count = 3,
                               .inline_bucket_count = 1,
                               .inline_bucket_inuse_bytes = inner};
    EXPECT_EQ(stats_of(db), expected);
}

struct OfPageSize {
    std::uint32_t page_size;
    std::uint64_t branch_pages;
    std::uint64_t branch_inuse;
    std::uint64_t leaf_pages;
    std::uint64_t depth;
};

// 500 transactions of a key each, then a value of ten pages.
TEST_F(WrittenStats, OfALargeValueCountItsOverflow) {
    for (const OfPageSize& of : {OfPageSize{4096, 1, 149, 7, 2}, OfPageSize{16384, 1, 73, 3, 2},
                                 OfPageSize{65536, 1, 54, 2, 2}}) {
        SCOPED_TRACE(of.page_size);
        {
            const DB db = open({.page_size_bytes = of.page_size, .no_sync = true});
            for (int i = 0; i < 500; ++i)
                put(db, fmt::format("{:03}", i), std::to_string(i));
            const std::uint64_t large = std::uint64_t{10} * of.page_size + 17;
            put(db, "really-big-value", repeat(large));
            const BucketStats expected{.branch_page_count = of.branch_pages,
                                       .leaf_page_count = of.leaf_pages,
                                       .leaf_overflow_count = 10,
                                       .key_count = 501,
                                       .depth = of.depth,
                                       .branch_alloc_bytes = of.branch_pages * of.page_size,
                                       .branch_inuse_bytes = of.branch_inuse,
                                       .leaf_alloc_bytes = (of.leaf_pages + 10) * of.page_size,
                                       .leaf_inuse_bytes = of.leaf_pages * 16 + 501 * 16 + 500 * 3 +
                                                           16 + 10 + 2 * 90 + 3 * 400 + large,
                                       .bucket_count = 1};
            EXPECT_EQ(stats_of(db), expected);
        }
        std::filesystem::remove(path());
    }
}

// 100 transactions of 1000 keys each, which come in the order of numbers, not
// of text. bbolt splits pages when it commits, not before, and has 25257 and
// 6094 bytes of branches, 1196 and 292 leaves.
TEST_F(WrittenStats, OfALargeTreeAreNearlyBbolts) {
    for (const OfPageSize& of :
         {OfPageSize{4096, 13, 25237, 1196, 3}, OfPageSize{16384, 1, 6068, 291, 2}}) {
        SCOPED_TRACE(of.page_size);
        {
            const DB db = open({.page_size_bytes = of.page_size, .no_sync = true});
            for (int i = 0; i < 100; ++i)
                update(db, [&](Tx& tx) {
                    Bucket bucket = must(tx.create_bucket_if_missing("b"));
                    for (int j = i * 1000; j < (i + 1) * 1000; ++j)
                        must(bucket.put(std::to_string(j), std::to_string(j)));
                });
            const BucketStats stats = stats_of(db);
            EXPECT_EQ(stats.branch_page_count, of.branch_pages);
            EXPECT_EQ(stats.branch_inuse_bytes, of.branch_inuse);
            EXPECT_EQ(stats.leaf_page_count, of.leaf_pages);
            EXPECT_EQ(stats.depth, of.depth);
            EXPECT_EQ(stats.key_count, 100'000U);
        }
        std::filesystem::remove(path());
    }
}

TEST_F(WrittenStats, OfADatabaseCountFreeAndPendingPages) {
    const DB db = open();
    update(db, [](Tx& tx) { must(tx.create_bucket("b")); });
    const DatabaseStats stats = must(db.stats());
    EXPECT_EQ(stats.free_page_count, 0U);
    EXPECT_EQ(stats.pending_page_count, 2U);
    EXPECT_EQ(stats.writes.pages_allocated, 2U);
    EXPECT_EQ(stats.writes.pages_written, 2U);
}

TEST_F(WrittenStats, OfTransactionsAddUpInTheDatabase) {
    const DB db = open({.page_size_bytes = 512});
    TxStats sum;
    for (int i = 0; i < 5; ++i) {
        const TxStats before = must(db.stats()).writes;
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket_if_missing("b"));
            for (int j = 0; j < 50; ++j)
                must(bucket.put(fmt::format("{} {}", i, j), repeat(30)));
            EXPECT_GT(tx.stats().splits, 0U);
            EXPECT_EQ(tx.stats().pages_allocated, 0U); // before the commit
        });
        const TxStats after = must(db.stats()).writes;
        EXPECT_GT(after.pages_allocated, before.pages_allocated);
        EXPECT_GT(after.bytes_written, before.bytes_written);
    }
    TxStats one{1, 2, 3, 4, 5, 6, 7};
    one.add({10, 20, 30, 40, 50, 60, 70});
    EXPECT_EQ(one, (TxStats{11, 22, 33, 44, 55, 66, 77}));
}

} // namespace
} // namespace rebolt::test
