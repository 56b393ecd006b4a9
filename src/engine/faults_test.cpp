// A file that shrinks while it is mapped: errors, never SIGBUS, never zeros
// that pass for data.
#include <unistd.h>

#include <gtest/gtest.h>

#include "engine/test_file.hpp"

namespace rebolt::test {
namespace {

using enum FindingCode;

// Bucket b: branch 4 over the leaves 5 and 6; leaf 6 is the file's last page.
struct TwoLeaves : TestFile {
    explicit TwoLeaves(std::uint32_t page_size = 4096) : TestFile(7, page_size) {
        bucket_b()
            .branch(4, {{"a", 5}, {"m", 6}})
            .leaf(5, {{"a", "1"}, {"b", "2"}})
            .leaf(6,
                  {{"m", std::string(page_size / 2, 'v')}, {"n", std::string(page_size / 4, 'v')}});
    }
};

TEST(TruncatedWhileMapped, IsAnErrorWhereItIsMissingAndNoSignal) {
    TwoLeaves built;
    const DB db = built.open();
    const Tx tx = *db.begin();
    const Bucket bucket = *tx.bucket("b");
    const std::string path = built.file().path();
    ASSERT_EQ(::truncate(path.c_str(), 6 * 4096), 0);
    const Listing listing = list(bucket);
    EXPECT_EQ(listing.keys, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(listing.code, page_unreadable);
    EXPECT_EQ(listing.path, (std::vector<std::uint64_t>{4, 6}));
    EXPECT_EQ(bucket.get("m").error().finding()->code, page_unreadable);
    EXPECT_EQ(**bucket.get("a"), "1");
}

TEST(TruncatedWhileMapped, EveryCallSurvivesTheLossOfTheWholeFile) {
    PatchedFile original(test_data("real/docker-20.10-many.db"));
    for (const std::uint64_t left : {0UL, 4096UL, 8192UL, 100'000UL, 300'000UL}) {
        SCOPED_TRACE(left);
        PatchedFile file(original.bytes());
        const std::string path = file.path();
        const DB db = *DB::open(path, {.read_only = true, .lock = false});
        const Tx tx = *db.begin();
        const Bucket bucket = *tx.bucket("libnetwork");
        Cursor cursor = bucket.cursor();
        static_cast<void>(cursor.first());
        ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(left)), 0);
        for (int i = 0; i < 400; ++i)
            if (const auto entry = cursor.next(); !entry || !*entry)
                break;
        EXPECT_TRUE(list(bucket).code.has_value());
        EXPECT_TRUE(list(bucket, Way::backward).code.has_value());
        EXPECT_FALSE(bucket.stats());
        static_cast<void>(bucket.get("docker/network/v1.0/endpoint/"));
        static_cast<void>(db.stats());
        if (const auto later = db.begin()) {
            EXPECT_FALSE(later->root().stats());
        }
    }
}

// A value of several system pages, the last of which is gone.
TEST(TruncatedWhileMapped, ALongValueIsNeverHandedOutWithAHole) {
    TestFile built(9);
    built.bucket_b().leaf(4, {{"a", "1"}, {"long", std::string(18'000, 'v')}}, 4);
    const DB db = built.open();
    const Tx tx = *db.begin();
    const Bucket bucket = *tx.bucket("b");
    const std::string path = built.file().path();
    ASSERT_EQ(::truncate(path.c_str(), 8 * 4096), 0);
    EXPECT_EQ(bucket.get("long").error().finding()->code, page_unreadable);
    EXPECT_EQ(list(bucket).code, page_unreadable);
    EXPECT_EQ(list(bucket, Way::backward).code, page_unreadable);
}

} // namespace
} // namespace rebolt::test
