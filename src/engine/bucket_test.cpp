// Buckets: lookup, nesting, inline buckets, prefixes, the end of a transaction.
#include <rebolt/bucket.hpp>

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;

// b: 1 → one, in → inline bucket (x → y, sequence 5), sub → bucket on page 5.
struct Nested : TestFile {
    Nested() : TestFile(6) {
        bucket_b()
            .leaf(4, {{"1", "one"},
                      {"in", bucket_value(0, 5) + leaf_image(0, {{"x", "y"}}), 1},
                      {"sub", bucket_value(5, 7), 1}})
            .leaf(5, {{"deep", std::string(1000, 'v')}});
    }
};

class BucketReads : public testing::Test {
protected:
    Nested built_;
    DB db_ = built_.open();
    Tx tx_ = *db_.begin();
    Bucket bucket_ = *tx_.bucket("b");
};

TEST_F(BucketReads, GetsValuesAndNothingElse) {
    EXPECT_EQ(*bucket_.get("1"), "one");
    EXPECT_EQ(*bucket_.get("2"), std::nullopt);
    EXPECT_EQ(*bucket_.get(""), std::nullopt);
    EXPECT_EQ(*bucket_.get("in"), std::nullopt); // a bucket, as in bbolt
}

TEST_F(BucketReads, OpensBucketsOfTheirOwnPagesAndInlineOnes) {
    const Bucket sub = *bucket_.bucket("sub");
    EXPECT_EQ((*sub.get("deep"))->size(), 1000U);
    EXPECT_EQ(sub.sequence(), 7U);
    EXPECT_EQ(sub.root(), PageId{5});
    EXPECT_THAT(sub.path(), ElementsAre("b", "sub"));
    const Bucket inside = *bucket_.bucket("in");
    EXPECT_TRUE(inside.is_inline());
    EXPECT_EQ(inside.sequence(), 5U);
    EXPECT_EQ(*inside.get("x"), "y");
    EXPECT_THAT(list(inside).keys, ElementsAre("x"));
}

TEST_F(BucketReads, TellsAMissingBucketFromAValue) {
    EXPECT_EQ(bucket_.bucket("none").error().code(), ErrorCode::bucket_not_found);
    EXPECT_EQ(bucket_.bucket("1").error().code(), ErrorCode::incompatible_value);
    EXPECT_EQ(tx_.bucket("none").error().code(), ErrorCode::bucket_not_found);
}

TEST_F(BucketReads, VisitsBucketsOnlyWhenAskedForBuckets) {
    std::vector<std::string> names;
    ASSERT_TRUE(bucket_.for_each_bucket([&](std::string_view name, const Bucket&) -> Result<void> {
        names.emplace_back(name);
        return {};
    }));
    EXPECT_THAT(names, ElementsAre("in", "sub"));
}

TEST_F(BucketReads, PassesOnTheVisitorsError) {
    int visits = 0;
    const auto visited = bucket_.for_each([&](const Entry&) -> Result<void> {
        ++visits;
        return Error(ErrorCode::cancelled, "enough");
    });
    EXPECT_EQ(visited.error().code(), ErrorCode::cancelled);
    EXPECT_EQ(visits, 1);
}

TEST_F(BucketReads, NothingWorksAfterTheTransactionEnded) {
    Cursor cursor = bucket_.cursor();
    static_cast<void>(cursor.first());
    tx_.rollback();
    tx_.rollback(); // twice is fine
    const auto closed = ErrorCode::transaction_closed;
    EXPECT_EQ(bucket_.get("1").error().code(), closed);
    EXPECT_EQ(bucket_.bucket("sub").error().code(), closed);
    EXPECT_EQ(bucket_.stats().error().code(), closed);
    EXPECT_EQ(cursor.next().error().code(), closed);
    EXPECT_EQ(cursor.first().error().code(), closed);
    EXPECT_EQ(cursor.last().error().code(), closed);
    EXPECT_EQ(cursor.seek("1").error().code(), closed);
}

TEST_F(BucketReads, OutliveTheirTransactionObjectWithoutHarm) {
    std::optional<Bucket> left;
    {
        const Tx tx = *db_.begin();
        left = *tx.bucket("b");
    }
    EXPECT_EQ(left->get("1").error().code(), ErrorCode::transaction_closed);
}

TEST(BucketPrefix, ListsExactlyTheKeysThatBeginWithIt) {
    const DB db = *DB::open(test_data("real/docker-20.10-running.db"), {.read_only = true});
    const Tx tx = *db.begin();
    const Bucket bucket = *tx.bucket("libnetwork");
    for (const std::string prefix : {"docker/network/v1.0/endpoint/", "docker", "", "zzz"}) {
        SCOPED_TRACE(prefix);
        std::vector<std::string> expected;
        for (const std::string& key : list(bucket).keys)
            if (key.starts_with(prefix))
                expected.push_back(key);
        std::vector<std::string> listed;
        ASSERT_TRUE(bucket.for_each_prefix(prefix, [&](const Entry& entry) -> Result<void> {
            listed.emplace_back(entry.key);
            return {};
        }));
        EXPECT_EQ(listed, expected);
    }
}

TEST(BucketGet, FindsEveryKeyOfEveryRealFile) {
    for (const std::string name : {"real/docker-20.10-many.db", "real/etcd-3.4.db"}) {
        const DB db = *DB::open(test_data(name), {.read_only = true});
        const Tx tx = *db.begin();
        ASSERT_TRUE(tx.for_each([](std::string_view, const Bucket& bucket) -> Result<void> {
            return bucket.for_each([&](const Entry& entry) -> Result<void> {
                const auto value = bucket.get(entry.key);
                EXPECT_TRUE(value && *value && **value == entry.value);
                return {};
            });
        }));
    }
}

TEST(BucketNesting, GoesAsDeepAsContainerdDoes) {
    const DB db = *DB::open(test_data("real/containerd-1.6-meta.db"), {.read_only = true});
    const Tx tx = *db.begin();
    std::size_t deepest = 0;
    const std::function<Result<void>(std::string_view, const Bucket&)> visit =
        [&](std::string_view name, const Bucket& bucket) -> Result<void> {
        EXPECT_EQ(bucket.path().back(), name);
        deepest = std::max(deepest, bucket.path().size());
        return bucket.for_each_bucket(visit);
    };
    ASSERT_TRUE(tx.for_each(visit));
    EXPECT_EQ(deepest, 5U);
}

} // namespace
} // namespace rebolt::test
