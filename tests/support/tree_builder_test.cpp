#include "support/tree_builder.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "support/patched_file.hpp"

namespace rebolt::test {
namespace {

BucketContent numbered(std::size_t count, std::size_t value_bytes = 12) {
    BucketContent content;
    for (std::size_t i = 0; i < count; ++i)
        content.values[fmt::format("key-{:06}", i)] = std::string(value_bytes, 'v');
    return content;
}

void expect_read_back(const Bucket& bucket, const BucketContent& content) {
    EXPECT_EQ(bucket.sequence(), content.sequence);
    BucketContent found;
    const Result<void> walked = bucket.for_each([&](const Entry& entry) -> Result<void> {
        if (entry.is_bucket)
            found.buckets[std::string(entry.key)];
        else
            found.values[std::string(entry.key)] = entry.value;
        return {};
    });
    ASSERT_TRUE(walked) << walked.error().to_text();
    EXPECT_EQ(found.values, content.values);
    EXPECT_EQ(found.buckets.size(), content.buckets.size());
    for (const auto& [name, inside] : content.buckets) {
        const auto child = bucket.bucket(name);
        ASSERT_TRUE(child) << child.error().to_text();
        expect_read_back(*child, inside);
    }
}

// What the engine reads by the newest meta, or with that one broken by the other.
BucketStats read_back(const BucketContent& content, const FileShape& shape,
                      bool by_other_meta = false) {
    PatchedFile file(build_file(content, shape));
    if (by_other_meta)
        file.put(shape.txid % 2 * shape.page_size + 16, std::uint32_t{0});
    auto db = DB::open(file.path(), {.read_only = true});
    EXPECT_TRUE(db) << db.error().to_text();
    auto tx = db->begin();
    EXPECT_TRUE(tx) << tx.error().to_text();
    EXPECT_EQ(number(tx->id()), shape.txid - (by_other_meta ? 1 : 0));
    expect_read_back(tx->root(), content);
    const auto stats = tx->root().stats();
    EXPECT_TRUE(stats) << stats.error().to_text();
    return *stats;
}

BucketContent every_kind() {
    BucketContent content;
    content.sequence = 3;
    content.buckets["empty"].sequence = 4;
    content.buckets["inline"].values = {{"a", "1"}, {"b", ""}};
    content.buckets["long"] = numbered(4, 5000);
    content.buckets["many"] = numbered(300);
    content.buckets["nested"].buckets["deeper"].buckets["deepest"] = numbered(40);
    content.buckets["nested"].values["beside"] = "a value";
    return content;
}

TEST(TreeBuilder, IsReadBackWholeInEveryPageSize) {
    for (std::uint32_t page_size = 512; page_size <= 65536; page_size *= 2) {
        SCOPED_TRACE(page_size);
        read_back(every_kind(), {.page_size = page_size});
    }
}

TEST(TreeBuilder, LeavesTheTransactionBeforeWhole) {
    read_back(every_kind(), {.page_size = 1024, .txid = 8}, true);
    read_back(every_kind(), {.page_size = 1024, .freelist = FreelistKind::none}, true);
}

TEST(TreeBuilder, MakesTreesOfManyLevels) {
    BucketContent content;
    content.buckets["many"] = numbered(3000);
    const BucketStats stats = read_back(content, {.page_size = 512, .fill_percent = 30});
    EXPECT_GE(stats.depth, 6U); // the root's leaf and five levels of the bucket
}

TEST(TreeBuilder, MakesBucketsInlineWhereBboltDoes) {
    BucketContent content;
    content.buckets["small"] = numbered(1, 4096 / 4 - 16 - 16 - 10);
    EXPECT_EQ(read_back(content, {}).inline_bucket_count, 1U);
    content.buckets["small"] = numbered(1, 4096 / 4 - 16 - 16 - 10 + 1);
    EXPECT_EQ(read_back(content, {}).inline_bucket_count, 0U);
}

TEST(TreeBuilder, GivesLongValuesOverflowPages) {
    BucketContent content;
    content.buckets["long"] = numbered(3, 3000);
    EXPECT_GE(read_back(content, {.page_size = 512}).leaf_overflow_count, 3 * 3000 / 512 - 1U);
}

std::uint64_t free_page_count(const FileShape& shape) {
    PatchedFile file(build_file(every_kind(), shape));
    const auto db = DB::open(file.path(), {.read_only = true});
    EXPECT_TRUE(db) << db.error().to_text();
    const auto stats = db->stats();
    EXPECT_TRUE(stats) << stats.error().to_text();
    return stats->free_page_count;
}

TEST(TreeBuilder, ListsWhatIsFree) {
    // Beside the free pages asked for: the root and freelist of the other transaction.
    EXPECT_EQ(free_page_count({.free_pages = 0}), 2U);
    EXPECT_EQ(free_page_count({.free_pages = 40}), 42U);
    EXPECT_EQ(free_page_count({.free_pages = 40, .freelist = FreelistKind::none}), 41U);
    const std::uint64_t long_list = free_page_count({.page_size = 512, .free_pages = 66000});
    EXPECT_GT(long_list, 66000U);
}

} // namespace
} // namespace rebolt::test
