// Bucket::inspect: keys a bucket, as a tree.
#include <rebolt/bucket.hpp>

#include <gtest/gtest.h>

#include "engine/test_file.hpp"
#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

class Inspect : public WriteTest {};

TEST_F(Inspect, CountsTheKeysOfEachBucket) {
    const DB db = open();
    const BucketStructure expected{
        .name = "root",
        .buckets = {{.name = "empty"},
                    {.name = "outer",
                     .key_count = 2,
                     .buckets = {{.name = "inner", .key_count = 1}, {.name = "second"}}}}};
    update(db, [&](Tx& tx) {
        must(tx.create_bucket("empty"));
        Bucket outer = must(tx.create_bucket("outer"));
        must(outer.put("a", ""));
        must(must(outer.create_bucket("inner")).put("b", ""));
        must(outer.create_bucket("second"));
        must(outer.put("z", ""));
        EXPECT_EQ(must(tx.root().inspect()), expected);
    });
    const Tx tx = must(db.begin());
    EXPECT_EQ(must(tx.root().inspect()), expected);
    EXPECT_EQ(must(must(tx.bucket("outer")).inspect()), expected.buckets[1]);
}

TEST_F(Inspect, PassesOnDamage) {
    const DB db = must(DB::open(test_data("damaged/docker-cycle-next.db"), {.read_only = true}));
    const Tx tx = must(db.begin());
    const auto inspected = tx.root().inspect();
    ASSERT_FALSE(inspected);
    EXPECT_EQ(inspected.error().finding()->code, FindingCode::page_cycle);
}

} // namespace
} // namespace rebolt::test
