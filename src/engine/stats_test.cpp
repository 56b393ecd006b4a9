// Statistics of the real files, as bbolt 1.3.6 gives them.
#include <rebolt/stats.hpp>

#include <gtest/gtest.h>

#include "engine/test_file.hpp"

namespace rebolt::test {
namespace {

TEST(BucketStatsOfRealFiles, EqualBboltsNumbers) {
    struct Row {
        const char* file;
        const char* bucket;
        BucketStats stats;
    };
    // Written by tests/peers/bboltpeer describe.
    const Row rows[] = {
        {"containerd-1.6-meta.db",
         "v1",
         {12, 0, 27, 24, 148, 6, 49152, 816, 208896, 117672, 40, 25, 3592}},
        {"docker-20.10-many.db",
         "libnetwork",
         {5, 0, 69, 0, 305, 3, 20480, 9798, 282624, 192494, 1, 0, 0}},
        {"docker-20.10-stopped.db",
         "libnetwork",
         {1, 0, 6, 0, 25, 2, 4096, 610, 24576, 13280, 1, 0, 0}},
        {"docker-20.10-volumes-metadata.db", "volumes", {0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 93}},
        {"etcd-3.4.db", "key", {3, 0, 231, 0, 5101, 3, 12288, 7757, 946176, 824238, 1, 0, 0}},
        {"etcd-3.4.db", "alarm", {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 16}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.file) + " " + row.bucket);
        const DB db = *DB::open(test_data("real/") + row.file, {.read_only = true});
        const Tx tx = *db.begin();
        EXPECT_EQ(*tx.bucket(row.bucket)->stats(), row.stats);
    }
}

TEST(BucketStatsOfTheRoot, CoverAllThatIsInIt) {
    const DB db = *DB::open(test_data("real/docker-20.10-running.db"), {.read_only = true});
    const Tx tx = *db.begin();
    const BucketStats inside = *tx.bucket("libnetwork")->stats();
    const BucketStats all = *tx.root().stats();
    EXPECT_EQ(all.bucket_count, 2U);
    EXPECT_EQ(all.key_count, inside.key_count + 1);
    EXPECT_EQ(all.depth, inside.depth + 1);
    EXPECT_EQ(all.leaf_page_count, inside.leaf_page_count + 1);
}

TEST(DatabaseStatsOfRealFiles, CountTheStoredFreelist) {
    const DB db = *DB::open(test_data("real/docker-20.10-stopped.db"), {.read_only = true});
    const DatabaseStats stats = *db.stats();
    EXPECT_EQ(stats, (DatabaseStats{.page_size_bytes = 4096,
                                    .high_water_mark = 23,
                                    .file_bytes = 131072,
                                    .free_page_count = 12,
                                    .pending_page_count = 0,
                                    .free_alloc_bytes = 12 * 4096,
                                    .freelist_inuse_bytes = 112}));
}

TEST(DatabaseStatsOfRealFiles, FindFreePagesWhenNoFreelistIsStored) {
    const DatabaseStats stats =
        *DB::open(test_data("real/etcd-3.4.db"), {.read_only = true})->stats();
    EXPECT_EQ(stats.free_page_count, 4U);
    EXPECT_EQ(stats.free_alloc_bytes, 4U * 4096);
}

TEST(DatabaseStatsOfDamagedFiles, NameTheFreelistsDamage) {
    const auto stats =
        DB::open(test_data("damaged/docker-freelist-leaf.db"), {.read_only = true})->stats();
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().finding()->code, FindingCode::freelist_type);
    EXPECT_EQ(stats.error().finding()->place.page, PageId{22});
}

TEST(DatabaseStatsOfDamagedFiles, BelieveNoFreelistCount) {
    TestFile built(4);
    built.leaf(3, {});
    built.file().put(2 * 4096 + 10, std::uint16_t{0xFFFF}).put(2 * 4096 + 16, ~std::uint64_t{0});
    const auto stats = built.open().stats();
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().finding()->code, FindingCode::freelist_count);
}

} // namespace
} // namespace rebolt::test
