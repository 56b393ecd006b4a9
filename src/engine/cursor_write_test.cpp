// Cursors on what writers wrote, and on what they are writing.
#include <rebolt/cursor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using enum ErrorCode;

// The key, `-` for none; buckets with a `/` behind them.
std::string at(const Result<std::optional<Entry>>& entry) {
    if (!entry)
        return std::string(name_of(entry.error().code()));
    if (!*entry)
        return "-";
    EXPECT_TRUE(!(*entry)->is_bucket || (*entry)->value.empty());
    return std::string((*entry)->key) + ((*entry)->is_bucket ? "/" : "");
}

std::string numbered(int number) {
    return fmt::format("{:05}", number);
}

void put_numbers(Bucket bucket, int first, int end, int step = 1, std::size_t value_bytes = 100) {
    for (int i = first; i < end; i += step)
        must(bucket.put(numbered(i), repeat(value_bytes)));
}

class CursorWrites : public WriteTest {
protected:
    static constexpr int count = 1000;

    /// A bucket of `count` numbers, on a few pages.
    DB numbers() const {
        DB db = open();
        update(db, [](Tx& tx) { put_numbers(must(tx.create_bucket("b")), 0, count); });
        return db;
    }
    static void expect_forward(Cursor& cursor, int from) {
        for (int i = from; i < count; ++i)
            ASSERT_EQ(at(cursor.next()), numbered(i));
        for (int i = 0; i < 10; ++i)
            ASSERT_EQ(at(cursor.next()), "-");
    }
    static void expect_backward(Cursor& cursor, int from) {
        for (int i = from; i >= 0; --i)
            ASSERT_EQ(at(cursor.prev()), numbered(i));
        for (int i = 0; i < 10; ++i)
            ASSERT_EQ(at(cursor.prev()), "-");
    }
};

TEST_F(CursorWrites, TurnRoundAtBothEndsAsOftenAsAsked) {
    const DB db = numbers();
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    EXPECT_EQ(at(cursor.seek(numbered(2))), numbered(2));
    expect_forward(cursor, 3);
    expect_backward(cursor, count - 2);
    expect_forward(cursor, 1);
    EXPECT_EQ(at(cursor.seek(numbered(count - 2))), numbered(count - 2));
    expect_backward(cursor, count - 3);
    expect_forward(cursor, 1);
    expect_backward(cursor, count - 2);
}

TEST_F(CursorWrites, SeekFindsKeysAndBucketsOrWhatComesBehind) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (const char* key : {"pear", "apple", "plum"})
            must(bucket.put(key, key));
        must(bucket.create_bucket("cellar"));
    });
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    EXPECT_EQ(must(cursor.seek("pear"))->value, "pear");
    EXPECT_EQ(at(cursor.seek("pearl")), "plum");
    EXPECT_EQ(at(cursor.seek("")), "apple");
    EXPECT_EQ(at(cursor.seek("zzz")), "-");
    EXPECT_EQ(at(cursor.seek("cellar")), "cellar/");
    EXPECT_EQ(at(cursor.seek("b")), "cellar/");
    EXPECT_EQ(at(cursor.next()), "pear");
}

TEST_F(CursorWrites, SeekGoesToTheNextOfManyKeys) {
    const DB db = open();
    constexpr int end = 10'000;
    update(db, [](Tx& tx) { put_numbers(must(tx.create_bucket("b")), 0, end, 2); });
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    for (int i = 0; i < end; ++i)
        ASSERT_EQ(at(cursor.seek(numbered(i))), i == end - 1 ? "-" : numbered(i + i % 2));
}

TEST_F(CursorWrites, VisitOneLeafInBothDirections) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.put("pear", ""));
        must(bucket.put("plum", {"\0", 1}));
        must(bucket.put("apple", {"\1", 1}));
    });
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    EXPECT_EQ(must(cursor.first())->value, std::string_view("\1", 1));
    EXPECT_EQ(must(cursor.next())->value, "");
    EXPECT_EQ(must(cursor.next())->value, std::string_view("\0", 1));
    EXPECT_EQ(at(cursor.next()) + at(cursor.next()), "--");
    EXPECT_EQ(at(cursor.last()), "plum");
    EXPECT_EQ(at(cursor.prev()), "pear");
    EXPECT_EQ(at(cursor.prev()), "apple");
    EXPECT_EQ(at(cursor.prev()) + at(cursor.prev()), "--");
}

TEST_F(CursorWrites, BeginAnewWithFirst) {
    const DB db = open();
    put(db, "apple", "");
    put(db, "plum", "");
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(at(cursor.first()), "apple");
        EXPECT_EQ(at(cursor.next()), "plum");
    }
}

TEST_F(CursorWrites, VisitBucketsAlone) {
    const DB db = open();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (const char* name : {"pear", "apple", "plum"})
            must(bucket.create_bucket(name));
    });
    const Tx tx = must(db.begin());
    Cursor cursor = must(tx.bucket("b")).cursor();
    EXPECT_THAT(
        (std::vector{at(cursor.first()), at(cursor.next()), at(cursor.next()), at(cursor.next())}),
        ElementsAre("apple/", "pear/", "plum/", "-"));
    EXPECT_THAT(
        (std::vector{at(cursor.last()), at(cursor.prev()), at(cursor.prev()), at(cursor.prev())}),
        ElementsAre("plum/", "pear/", "apple/", "-"));
}

TEST_F(CursorWrites, FindNothingInABucketJustMade) {
    const DB db = open();
    const auto expect_nothing = [](const Bucket& bucket) {
        Cursor cursor = bucket.cursor();
        EXPECT_EQ(at(cursor.first()) + at(cursor.last()) + at(cursor.seek("a")), "---");
    };
    update(db, [&](Tx& tx) { expect_nothing(must(tx.create_bucket("b"))); });
    expect_nothing(must(must(db.begin()).bucket("b")));
}

TEST_F(CursorWrites, PassThePagesThatErasingEmptied) {
    for (const auto& [first, end] : {std::pair{0, 600}, {200, count}, {300, 700}}) {
        const DB db = numbers();
        update(db, [&, first = first, end = end](Tx& tx) {
            Bucket bucket = must(tx.bucket("b"));
            for (int i = first; i < end; ++i)
                must(bucket.erase(numbered(i)));
            int forward = 0;
            int backward = 0;
            Cursor cursor = bucket.cursor();
            for (auto entry = must(cursor.first()); entry; entry = must(cursor.next()))
                ++forward;
            for (auto entry = must(cursor.last()); entry; entry = must(cursor.prev()))
                ++backward;
            EXPECT_EQ(forward, count - (end - first));
            EXPECT_EQ(backward, forward);
            must(tx.delete_bucket("b"));
        });
        std::filesystem::remove(path());
    }
}

TEST_F(CursorWrites, EraseWhileTheyGoOn) {
    const DB db = numbers();
    update(db, [](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        must(bucket.create_bucket("sub"));
        Cursor cursor = bucket.cursor();
        auto entry = must(cursor.first());
        for (int i = 0; i < count / 2; ++i) {
            ASSERT_TRUE(entry && entry->key == numbered(i));
            must(cursor.erase());
            entry = must(cursor.next());
        }
        EXPECT_EQ(at(cursor.seek("sub")), "sub/");
        EXPECT_EQ(code_of(cursor.erase()), incompatible_value);
    });
    EXPECT_EQ(must(must(must(db.begin()).bucket("b")).stats()).key_count, count / 2 + 1U);
}

// The pages are already in memory: bbolt's cursor leaves out a key after each
// it deletes.
TEST_F(CursorWrites, EraseWhatTheTransactionItselfPut) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        put_numbers(bucket, 0, count);
        Cursor cursor = bucket.cursor();
        int erased = 0;
        for (auto entry = must(cursor.first()); entry; entry = must(cursor.next()), ++erased)
            must(cursor.erase());
        EXPECT_EQ(erased, count);
        EXPECT_TRUE(keys_of(bucket).empty());
    });
}

TEST_F(CursorWrites, EraseBackwardToo) {
    update(numbers(), [](Tx& tx) {
        Cursor cursor = must(tx.bucket("b")).cursor();
        auto entry = must(cursor.last());
        for (int i = count - 1; i >= count / 2; --i) {
            ASSERT_TRUE(entry && entry->key == numbered(i));
            must(cursor.erase());
            entry = must(cursor.prev());
        }
        EXPECT_EQ(at(cursor.next()), "-");
        EXPECT_EQ(at(cursor.prev()), numbered(count / 2 - 2));
    });
}

// Pages that erasing emptied stand behind the last key, or before the first.
TEST_F(CursorWrites, StayOnTheirEntryThoughEmptyPagesComeBehind) {
    update(numbers(), [](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        for (int i = 0; i < count; ++i)
            if (i < 100 || i >= 900)
                must(bucket.erase(numbered(i)));
        Cursor cursor = bucket.cursor();
        EXPECT_EQ(at(cursor.last()), numbered(899));
        for (int i = 0; i < count; ++i)
            ASSERT_EQ(at(cursor.next()), "-");
        EXPECT_EQ(at(cursor.prev()), numbered(898));
        EXPECT_EQ(at(cursor.first()), numbered(100));
        for (int i = 0; i < count; ++i)
            ASSERT_EQ(at(cursor.prev()), "-");
        EXPECT_EQ(at(cursor.next()), numbered(101));
        EXPECT_EQ(at(cursor.seek(numbered(900))), "-");
        EXPECT_EQ(at(cursor.next()), "-");
        EXPECT_EQ(at(cursor.prev()), numbered(899));
    });
}

TEST_F(CursorWrites, EraseNothingWhereTheyDoNotStand) {
    update(numbers(), [](Tx& tx) {
        Cursor cursor = must(tx.bucket("b")).cursor();
        EXPECT_EQ(code_of(cursor.erase()), invalid_argument);
        EXPECT_EQ(at(cursor.seek("zzz")), "-");
        EXPECT_EQ(code_of(cursor.erase()), invalid_argument);
    });
}

TEST_F(CursorWrites, FindTheirPlaceAgainAfterChanges) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        for (const char* key : {"b", "d", "f"})
            must(bucket.put(key, "1"));
        Cursor cursor = bucket.cursor();
        EXPECT_EQ(at(cursor.seek("d")), "d");
        must(bucket.put("c", "2"));
        must(bucket.put("e", "2"));
        EXPECT_EQ(at(cursor.next()), "e");
        must(bucket.erase("e"));
        EXPECT_EQ(at(cursor.prev()), "d");
        must(bucket.erase("d"));
        EXPECT_EQ(at(cursor.next()), "f");
        must(bucket.erase("f"));
        EXPECT_EQ(at(cursor.next()), "-");
        must(bucket.put("g", "3"));
        EXPECT_EQ(at(cursor.prev()), "g");
    });
}

TEST_F(CursorWrites, BehindTheEndTheyStayThereThoughKeysCome) {
    update(open(), [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("b"));
        must(bucket.put("a", ""));
        must(bucket.put("b", ""));
        Cursor cursor = bucket.cursor();
        EXPECT_EQ(at(cursor.seek("x")), "-");
        must(bucket.put("c", ""));
        EXPECT_EQ(at(cursor.next()), "-");
        EXPECT_EQ(at(cursor.prev()), "c");
        EXPECT_EQ(at(cursor.prev()), "b");
    });
}

} // namespace
} // namespace rebolt::test
