// Keys, values and sequences of a write transaction, and what it refuses.
#include <rebolt/bucket.hpp>

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"
#include "support/random.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum ErrorCode;

class BucketWrites : public WriteTest {};

TEST_F(BucketWrites, AreSeenAtOnceByTheSameTransaction) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        EXPECT_EQ(must(bucket.get("key")), std::nullopt);
        must(bucket.put("key", "one"));
        EXPECT_EQ(must(bucket.get("key")), "one");
        must(bucket.put("key", "two"));
        EXPECT_EQ(must(bucket.get("key")), "two");
        EXPECT_EQ(must(must(tx.bucket("b")).get("key")), "two");
        EXPECT_EQ(must(bucket.get("other")), std::nullopt);
        must(bucket.erase("key"));
        EXPECT_EQ(must(bucket.get("key")), std::nullopt);
    });
}

TEST_F(BucketWrites, AnEmptyValueIsAValue) {
    const DB db = open();
    put(db, "key", "");
    EXPECT_EQ(get(db, "key"), "");
}

TEST_F(BucketWrites, LongKeysAndValuesStandBesideShortOnes) {
    const DB db = open();
    constexpr std::size_t count = 80;
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (std::size_t i = 1; i < count; ++i)
            must(bucket.put(repeat(i * 300, '0'), repeat((count - i) * 300)));
    });
    const Tx tx = must(db.begin());
    const Bucket bucket = must(tx.bucket("b"));
    for (std::size_t i = 1; i < count; ++i)
        ASSERT_EQ(must(bucket.get(repeat(i * 300, '0'))), repeat((count - i) * 300)) << i;
}

TEST_F(BucketWrites, ManyValuesGoIntoFewTransactions) {
    const DB db = open({.no_sync = true});
    constexpr int half = 50'000;
    for (const int first : {0, half})
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket_if_missing("b"));
            for (int i = first; i < first + half; ++i)
                must(bucket.put(fmt::format("{:08}", i), repeat(500)));
        });
    const Tx tx = must(db.begin());
    EXPECT_EQ(must(must(tx.bucket("b")).stats()).key_count, 2U * half);
}

TEST_F(BucketWrites, AValueMayHave256Mebibytes) {
    const DB db = open({.no_sync = true});
    constexpr std::size_t size = 0x1000'0000;
    update(db, [](Tx& tx) { must(must(tx.create_bucket("b")).put("huge", repeat(size))); });
    const Tx tx = must(db.begin());
    EXPECT_EQ(must(must(tx.bucket("b")).get("huge"))->size(), size);
}

TEST_F(BucketWrites, TellBucketsFromValues) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.create_bucket("inside"));
        must(bucket.put("value", "1"));
        EXPECT_EQ(must(bucket.get("inside")), std::nullopt);
        EXPECT_EQ(code_of(bucket.put("inside", "2")), incompatible_value);
        EXPECT_EQ(code_of(bucket.erase("inside")), incompatible_value);
        EXPECT_EQ(code_of(bucket.bucket("value")), incompatible_value);
        EXPECT_EQ(code_of(bucket.create_bucket("value")), incompatible_value);
        EXPECT_EQ(code_of(bucket.create_bucket_if_missing("value")), incompatible_value);
        EXPECT_EQ(code_of(bucket.delete_bucket("value")), incompatible_value);
        EXPECT_THAT(keys_of(bucket), ElementsAre("inside/", "value"));
    });
}

TEST_F(BucketWrites, AreRefusedByATransactionThatReads) {
    const DB db = open();
    put(db, "key", "value");
    const Tx tx = must(db.begin());
    Bucket bucket = must(tx.bucket("b"));
    Cursor cursor = bucket.cursor();
    must(cursor.first());
    EXPECT_EQ(code_of(bucket.put("key", "2")), transaction_not_writable);
    EXPECT_EQ(code_of(bucket.erase("key")), transaction_not_writable);
    EXPECT_EQ(code_of(cursor.erase()), transaction_not_writable);
    EXPECT_EQ(code_of(bucket.create_bucket("c")), transaction_not_writable);
    EXPECT_EQ(code_of(bucket.delete_bucket("c")), transaction_not_writable);
    EXPECT_EQ(code_of(bucket.set_sequence(1)), transaction_not_writable);
    EXPECT_EQ(code_of(bucket.next_sequence()), transaction_not_writable);
    EXPECT_EQ(must(bucket.get("key")), "value");
}

TEST_F(BucketWrites, AreRefusedAfterTheTransaction) {
    const DB db = open();
    Tx tx = must(db.begin(Access::write));
    Bucket bucket = must(tx.create_bucket("b"));
    Cursor cursor = bucket.cursor();
    tx.rollback();
    EXPECT_EQ(code_of(bucket.put("key", "value")), transaction_closed);
    EXPECT_EQ(code_of(bucket.erase("key")), transaction_closed);
    EXPECT_EQ(code_of(bucket.next_sequence()), transaction_closed);
    EXPECT_EQ(code_of(bucket.set_sequence(1)), transaction_closed);
    EXPECT_EQ(code_of(bucket.get("key")), transaction_closed);
    EXPECT_EQ(code_of(bucket.bucket("c")), transaction_closed);
    EXPECT_EQ(code_of(cursor.erase()), transaction_closed);
    EXPECT_EQ(code_of(bucket.for_each([](const Entry&) -> Result<void> { return {}; })),
              transaction_closed);
}

TEST_F(BucketWrites, ErasingEachOfManyKeysLeavesNone) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (int i = 0; i < 100; ++i)
            must(bucket.put(std::to_string(i), repeat(1024)));
    });
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        for (int i = 0; i < 100; ++i)
            must(bucket.erase(std::to_string(i)));
    });
    const Tx tx = must(db.begin());
    const Bucket bucket = must(tx.bucket("b"));
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(must(bucket.get(std::to_string(i))), std::nullopt);
    EXPECT_TRUE(bucket.is_inline()); // one page again, and a small one
}

TEST_F(BucketWrites, ErasingWhatIsNotThereDoesNothing) {
    const DB db = open();
    update(db, [](Tx& tx) { must(must(tx.create_bucket("b")).create_bucket("nested")); });
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        must(bucket.erase("missing"));
        must(bucket.erase(""));
        EXPECT_THAT(keys_of(bucket), ElementsAre("nested/"));
    });
}

TEST_F(BucketWrites, ForEachVisitsKeysInOrderAndBucketsAmongThem) {
    const DB db = open();
    const auto expect_all = [](const Bucket& bucket) {
        EXPECT_THAT(keys_of(bucket), ElementsAre("a", "inside/", "m", "outside/", "z"));
        std::vector<std::string> names;
        must(bucket.for_each_bucket([&](std::string_view name, const Bucket&) -> Result<void> {
            names.emplace_back(name);
            return {};
        }));
        EXPECT_THAT(names, ElementsAre("inside", "outside"));
    };
    update(db, [&](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.put("z", "1"));
        must(bucket.create_bucket("outside"));
        must(bucket.put("a", "2"));
        must(bucket.put("m", "3"));
        must(bucket.create_bucket("inside"));
        expect_all(bucket);
    });
    expect_all(must(must(db.begin()).bucket("b")));
}

TEST_F(BucketWrites, ForEachBucketVisitsNothingWhereThereIsNone) {
    const DB db = open();
    const auto never = [](std::string_view, const Bucket&) -> Result<void> {
        return Error(cancelled, "there is no bucket");
    };
    update(db, [&](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.put("key", "value"));
        EXPECT_TRUE(bucket.for_each_bucket(never));
    });
    const Tx tx = must(db.begin());
    EXPECT_TRUE(must(tx.bucket("b")).for_each_bucket(never));
}

TEST_F(BucketWrites, ForEachEndsWithTheVisitorsError) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (const char* key : {"a", "b", "c"})
            must(bucket.put(key, ""));
        int visits = 0;
        const auto visited = bucket.for_each([&](const Entry& entry) -> Result<void> {
            ++visits;
            if (entry.key == "b")
                return Error(cancelled, "enough");
            return {};
        });
        EXPECT_EQ(code_of(visited), cancelled);
        EXPECT_EQ(visits, 2);
    });
}

TEST_F(BucketWrites, SequencesCountFromOneEachBucketItsOwn) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket one = must(tx.create_bucket("one"));
        Bucket two = must(tx.create_bucket("two"));
        EXPECT_EQ(one.sequence(), 0U);
        EXPECT_EQ(must(one.next_sequence()), 1U);
        EXPECT_EQ(must(one.next_sequence()), 2U);
        EXPECT_EQ(must(two.next_sequence()), 1U);
        must(two.set_sequence(1000));
        EXPECT_EQ(two.sequence(), 1000U);
    });
    const Tx tx = must(db.begin());
    EXPECT_EQ(must(tx.bucket("one")).sequence(), 2U);
    EXPECT_EQ(must(tx.bucket("two")).sequence(), 1000U);
}

TEST_F(BucketWrites, ASequenceIsKeptThoughNothingElseChanged) {
    const DB db = open();
    update(db, [](Tx& tx) { must(tx.create_bucket("b")); });
    for (std::uint64_t expected = 1; expected <= 3; ++expected)
        update(db,
               [&](Tx& tx) { EXPECT_EQ(must(must(tx.bucket("b")).next_sequence()), expected); });
}

// A map, in which a transaction changes some keys.
using Model = std::map<std::string, std::string>;

std::string noise(Random& random, std::size_t size_max) {
    std::string bytes(1 + random.below(size_max), '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random.next());
    return bytes;
}

void change(Bucket bucket, Model& model, Random& random) {
    for (std::uint64_t i = random.below(20); i > 0; --i) {
        const auto near = model.lower_bound(noise(random, 2));
        if (near != model.end() && random.below(2) == 0) {
            must(bucket.erase(near->first));
            model.erase(near);
            continue;
        }
        const std::string key = noise(random, 60);
        model[key] = noise(random, 400);
        must(bucket.put(key, model[key]));
    }
}

void expect_equal(const Bucket& bucket, const Model& model) {
    Cursor at = bucket.cursor();
    auto entry = must(at.first());
    for (const auto& [key, value] : model) {
        ASSERT_TRUE(entry && entry->key == key && entry->value == value);
        ASSERT_EQ(must(bucket.get(key)), value);
        entry = must(at.next());
    }
    ASSERT_FALSE(entry);
    entry = must(at.last());
    for (auto expected = model.rbegin(); expected != model.rend(); ++expected) {
        ASSERT_TRUE(entry && entry->key == expected->first && entry->value == expected->second);
        entry = must(at.prev());
    }
    ASSERT_FALSE(entry);
}

TEST_F(BucketWrites, DoAsAMapDoesOverManyTransactions) {
    const DB db = open({.page_size_bytes = 512, .no_sync = true});
    Random random(1);
    Model model;
    for (int i = 0; i < 200 && !HasFatalFailure(); ++i) {
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket_if_missing("b"));
            change(bucket, model, random);
            expect_equal(bucket, model);
        });
        const Tx tx = must(db.begin());
        expect_equal(must(tx.bucket("b")), model);
    }
    EXPECT_GT(model.size(), 100U);
}

TEST_F(BucketWrites, ErasedOneByOneEveryKeyIsGone) {
    const DB db = open({.page_size_bytes = 512, .no_sync = true});
    Random random(2);
    Model model;
    update(db, [&](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (int i = 0; i < 300; ++i) {
            const std::string key = noise(random, 60);
            model[key] = noise(random, 400);
            must(bucket.put(key, model[key]));
        }
    });
    while (!model.empty()) {
        update(db, [&](Tx& tx) { must(must(tx.bucket("b")).erase(model.begin()->first)); });
        model.erase(model.begin());
        if (model.size() % 50 == 0)
            expect_equal(must(must(db.begin()).bucket("b")), model);
    }
    EXPECT_THAT(keys_of(must(must(db.begin()).bucket("b"))), IsEmpty());
}

} // namespace
} // namespace rebolt::test
