// Buckets in buckets, written: made, changed, deleted.
#include <rebolt/bucket.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using enum ErrorCode;

class NestedWrites : public WriteTest {};

// a: a key, b → c → a key.
void make_nested(Tx& tx) {
    Bucket a = must(tx.create_bucket("a"));
    must(a.put("key", "1"));
    Bucket b = must(a.create_bucket("b"));
    Bucket c = must(b.create_bucket("c"));
    must(c.put("key", "2"));
}

TEST_F(NestedWrites, AreKeptWhileTheBucketAroundThemSplits) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket outer = must(tx.create_bucket("outer"));
        must(outer.create_bucket("inner"));
        must(outer.put("key", "0000"));
    });
    put(db, "key", "1111", "outer");
    update(db, [](Tx& tx) {
        Bucket outer = must(tx.bucket("outer"));
        for (int i = 0; i < 10'000; ++i)
            must(outer.put(std::to_string(i), std::to_string(i)));
    });
    EXPECT_EQ(checked().verdict, Verdict::clean);
    update(db,
           [](Tx& tx) { must(must(must(tx.bucket("outer")).bucket("inner")).put("key", "2222")); });
    const Tx tx = must(db.begin());
    const Bucket outer = must(tx.bucket("outer"));
    EXPECT_EQ(must(must(outer.bucket("inner")).get("key")), "2222");
    EXPECT_EQ(must(outer.get("key")), "1111");
    for (int i = 0; i < 10'000; ++i)
        ASSERT_EQ(must(outer.get(std::to_string(i))), std::to_string(i));
}

TEST_F(NestedWrites, AreDeletedWithTheBucketAroundThem) {
    const DB db = open();
    update(db, [](Tx& tx) {
        make_nested(tx);
        Bucket a = must(tx.bucket("a"));
        must(a.delete_bucket("b")); // not yet in the file
        EXPECT_THAT(keys_of(a), ElementsAre("key"));
    });
    EXPECT_EQ(code_of(must(must(db.begin()).bucket("a")).bucket("b")), bucket_not_found);
}

TEST_F(NestedWrites, AreDeletedWhenTheyStandInTheFileToo) {
    const DB db = open();
    update(db, make_nested);
    update(db, [](Tx& tx) {
        const Bucket c = must(must(must(tx.bucket("a")).bucket("b")).bucket("c"));
        EXPECT_EQ(must(c.get("key")), "2");
        must(tx.delete_bucket("a"));
        EXPECT_EQ(code_of(tx.bucket("a")), bucket_not_found);
    });
    EXPECT_EQ(code_of(must(db.begin()).bucket("a")), bucket_not_found);
}

TEST_F(NestedWrites, HandlesOfWhatWasDeletedAreRefused) {
    update(open(), [](Tx& tx) {
        make_nested(tx);
        Bucket b = must(must(tx.bucket("a")).bucket("b"));
        Bucket c = must(b.bucket("c"));
        Cursor at = c.cursor();
        must(at.first());
        must(must(tx.bucket("a")).delete_bucket("b"));
        EXPECT_EQ(code_of(c.put("key", "3")), bucket_not_found);
        EXPECT_EQ(code_of(c.get("key")), bucket_not_found);
        EXPECT_EQ(code_of(b.create_bucket("d")), bucket_not_found);
        EXPECT_EQ(code_of(at.erase()), bucket_not_found);
        EXPECT_EQ(code_of(at.next()), bucket_not_found);
    });
}

TEST_F(NestedWrites, ADeletedBucketMadeAgainIsEmpty) {
    const DB db = open();
    update(db, make_nested);
    update(db, [](Tx& tx) { must(tx.delete_bucket("a")); });
    update(db, [](Tx& tx) {
        const Bucket a = must(tx.create_bucket("a"));
        EXPECT_EQ(must(a.get("key")), std::nullopt);
        EXPECT_EQ(code_of(a.bucket("b")), bucket_not_found);
    });
    EXPECT_TRUE(keys_of(must(must(db.begin()).bucket("a"))).empty());
}

// The check when the test ends would find leaked pages.
TEST_F(NestedWrites, ALargeBucketsPagesAreFreeAfterItsDeletion) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket inner = must(must(tx.create_bucket("outer")).create_bucket("inner"));
        for (int i = 0; i < 1000; ++i)
            must(inner.put(std::to_string(i), fmt::format("{:0100}", i)));
    });
    const std::uint64_t pages =
        must(must(must(db.begin()).bucket("outer")).stats()).leaf_page_count;
    EXPECT_GT(pages, 30U);
    update(db, [](Tx& tx) { must(tx.delete_bucket("outer")); });
    const DatabaseStats stats = must(db.stats());
    EXPECT_GT(stats.free_page_count + stats.pending_page_count, pages);
    EXPECT_EQ(checked().pages.leaked, 0U);
}

TEST_F(NestedWrites, WhatIsNotThereCannotBeDeleted) {
    update(open(), [](Tx& tx) {
        EXPECT_EQ(code_of(tx.delete_bucket("a")), bucket_not_found);
        Bucket a = must(tx.create_bucket("a"));
        EXPECT_EQ(code_of(a.delete_bucket("b")), bucket_not_found);
        EXPECT_EQ(code_of(a.delete_bucket("")), bucket_not_found);
    });
}

} // namespace
} // namespace rebolt::test
