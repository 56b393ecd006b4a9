// Moving a bucket from one bucket into another.
#include <rebolt/bucket.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using enum ErrorCode;
using Path = std::vector<std::string>;

// Opens buckets in each other, and makes those that are not there.
Bucket bucket_at(Tx& tx, const Path& path) {
    Bucket bucket = tx.root();
    for (const std::string& name : path)
        bucket = must(bucket.create_bucket_if_missing(name));
    return bucket;
}

// Some of everything.
void fill(Bucket bucket) {
    for (int i = 0; i < 500; ++i)
        must(bucket.put(std::to_string(i), repeat(static_cast<std::size_t>(i))));
    must(must(bucket.create_bucket("inline")).put("key", "value"));
    must(bucket.set_sequence(42));
}

class MoveBucket : public WriteTest {
protected:
    // Moves in a transaction of its own; all of the bucket must arrive.
    void expect_move(const Path& from, const Path& to) {
        {
            const DB db = open();
            update(db, [&](Tx& tx) {
                bucket_at(tx, to);
                fill(must(bucket_at(tx, from).create_bucket("moved")));
            });
            update(db, [&](Tx& tx) {
                Bucket source = bucket_at(tx, from);
                const auto keys = keys_of(must(source.bucket("moved")));
                must(source.move_bucket("moved", bucket_at(tx, to)));
                EXPECT_EQ(code_of(source.bucket("moved")), bucket_not_found);
                EXPECT_EQ(keys_of(must(bucket_at(tx, to).bucket("moved"))), keys);
            });
            update(db, [&](Tx& tx) { expect_filled(must(bucket_at(tx, to).bucket("moved"))); });
        }
        EXPECT_EQ(checked().verdict, Verdict::clean);
        std::filesystem::remove(path());
    }

private:
    static void expect_filled(const Bucket& bucket) {
        EXPECT_EQ(keys_of(bucket).size(), 501U);
        for (int i = 0; i < 500; ++i)
            EXPECT_EQ(must(bucket.get(std::to_string(i)))->size(), static_cast<std::size_t>(i));
        EXPECT_EQ(must(must(bucket.bucket("inline")).get("key")), "value");
        EXPECT_EQ(bucket.sequence(), 42U);
    }
};

TEST_F(MoveBucket, TakesAllThatIsInIt) {
    expect_move({"a", "b"}, {"c", "d"});
    expect_move({"a", "b"}, {"a", "d"});
    expect_move({}, {"c", "d"});
    expect_move({"a", "b"}, {});
    expect_move({"a"}, {"a", "b"});
    expect_move({"a", "b"}, {"a"});
}

TEST_F(MoveBucket, NeedsABucketThatIsThere) {
    update(open(), [](Tx& tx) {
        Bucket from = bucket_at(tx, {"a", "b"});
        const Bucket to = bucket_at(tx, {"c", "d"});
        EXPECT_EQ(code_of(from.move_bucket("missing", to)), bucket_not_found);
        must(from.put("value", "1"));
        EXPECT_EQ(code_of(from.move_bucket("value", to)), incompatible_value);
        EXPECT_THAT(keys_of(from), ElementsAre("value"));
    });
}

TEST_F(MoveBucket, TakesNobodysPlace) {
    update(open(), [](Tx& tx) {
        Bucket from = bucket_at(tx, {"a", "b"});
        Bucket to = bucket_at(tx, {"c", "d"});
        for (const char* name : {"bucket", "value"})
            must(from.create_bucket(name));
        must(must(to.create_bucket("bucket")).put("key", "kept"));
        must(to.put("value", "kept"));
        EXPECT_EQ(code_of(from.move_bucket("bucket", to)), bucket_exists);
        EXPECT_EQ(code_of(from.move_bucket("value", to)), incompatible_value);
        EXPECT_THAT(keys_of(from), ElementsAre("bucket/", "value/"));
        EXPECT_EQ(must(must(to.bucket("bucket")).get("key")), "kept");
        EXPECT_EQ(must(to.get("value")), "kept");
    });
}

TEST_F(MoveBucket, GoesNeitherWhereItIsNorIntoItself) {
    update(open(), [](Tx& tx) {
        Bucket a = bucket_at(tx, {"a"});
        Bucket root = tx.root();
        bucket_at(tx, {"a", "b", "c"});
        EXPECT_EQ(code_of(a.move_bucket("b", a)), same_bucket);
        EXPECT_EQ(code_of(root.move_bucket("a", tx.root())), same_bucket);
        EXPECT_EQ(code_of(a.move_bucket("b", bucket_at(tx, {"a", "b"}))), invalid_argument);
        EXPECT_EQ(code_of(a.move_bucket("b", bucket_at(tx, {"a", "b", "c"}))), invalid_argument);
    });
}

TEST_F(MoveBucket, StaysInItsDatabase) {
    const DB db = open();
    const DB other = must(DB::open(path("other.db")));
    update(other, [&](Tx& theirs) {
        const Bucket to = bucket_at(theirs, {"a"});
        update(db, [&](Tx& tx) {
            bucket_at(tx, {"a", "b"});
            EXPECT_EQ(code_of(bucket_at(tx, {"a"}).move_bucket("b", to)), different_database);
        });
    });
}

TEST_F(MoveBucket, StaysInItsTransactionWhichMustWrite) {
    const DB db = open();
    update(db, [](Tx& tx) { bucket_at(tx, {"a", "b"}); });
    Tx reader = must(db.begin());
    update(db, [&](Tx& tx) {
        Bucket ours = bucket_at(tx, {"a"});
        Bucket theirs = must(reader.bucket("a"));
        EXPECT_EQ(code_of(ours.move_bucket("b", reader.root())), transaction_not_writable);
        EXPECT_EQ(code_of(theirs.move_bucket("b", tx.root())), transaction_not_writable);
        EXPECT_EQ(code_of(theirs.move_bucket("b", reader.root())), transaction_not_writable);
    });
    Tx ended = must(db.begin(Access::write));
    Bucket bucket = must(ended.bucket("a"));
    ended.rollback();
    EXPECT_EQ(code_of(bucket.move_bucket("b", bucket)), transaction_closed);
}

} // namespace
} // namespace rebolt::test
