// A transaction from begin to end: what it may do, sees, and leaves.
#include <rebolt/tx.hpp>

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_writer.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;
using enum ErrorCode;

class TxLife : public WriteTest {};

TEST_F(TxLife, OneThatWritesSaysSo) {
    const DB db = open();
    const Tx reader = must(db.begin());
    const Tx writer = must(db.begin(Access::write));
    EXPECT_FALSE(reader.is_writable());
    EXPECT_TRUE(writer.is_writable());
    EXPECT_EQ(number(reader.id()), 1U);
    EXPECT_EQ(number(writer.id()), 2U);
}

TEST_F(TxLife, EndsOnce) {
    const DB db = open();
    Tx tx = must(db.begin(Access::write));
    must(tx.create_bucket("b"));
    must(tx.commit());
    EXPECT_EQ(code_of(tx.commit()), transaction_closed);
    tx.rollback(); // too late
    EXPECT_EQ(code_of(tx.create_bucket("c")), transaction_closed);
    EXPECT_EQ(code_of(tx.delete_bucket("b")), transaction_closed);
    EXPECT_EQ(code_of(tx.bucket("b")), transaction_closed);
    EXPECT_THAT(keys_of(must(db.begin()).root()), ElementsAre("b/"));
}

TEST_F(TxLife, OneThatReadsChangesNothing) {
    const DB db = open();
    put(db, "key", "value");
    Tx tx = must(db.begin());
    EXPECT_EQ(code_of(tx.commit()), transaction_not_writable);
    EXPECT_EQ(code_of(tx.create_bucket("c")), transaction_not_writable);
    EXPECT_EQ(code_of(tx.create_bucket_if_missing("b")), transaction_not_writable);
    EXPECT_EQ(code_of(tx.delete_bucket("b")), transaction_not_writable);
    EXPECT_EQ(must(must(tx.bucket("b")).get("key")), "value"); // it goes on
    tx.rollback();
    EXPECT_EQ(code_of(tx.commit()), transaction_closed);
}

TEST_F(TxLife, RolledBackNothingIsThere) {
    for (const bool no_freelist_sync : {false, true}) {
        const DB db = open({.no_freelist_sync = no_freelist_sync});
        put(db, "kept", "1");
        Tx tx = must(db.begin(Access::write));
        must(must(tx.bucket("b")).put("key", "value"));
        must(must(tx.bucket("b")).put("kept", "2"));
        tx.rollback();
        EXPECT_EQ(get(db, "key"), std::nullopt);
        EXPECT_EQ(get(db, "kept"), "1");
    }
}

TEST_F(TxLife, DroppedItIsRolledBack) {
    const DB db = open();
    {
        Tx tx = must(db.begin(Access::write));
        must(tx.create_bucket("b"));
    }
    EXPECT_EQ(code_of(must(db.begin()).bucket("b")), bucket_not_found);
    put(db, "key", "value"); // the writer is free
}

TEST_F(TxLife, ItsCursorVisitsTheTopLevelBuckets) {
    update(open(), [](Tx& tx) {
        for (const char* name : {"pear", "apple"})
            must(tx.create_bucket(name));
        Cursor cursor = tx.cursor();
        EXPECT_EQ(must(cursor.first())->key, "apple");
        const auto entry = must(cursor.next());
        EXPECT_TRUE(entry->key == "pear" && entry->is_bucket && entry->value.empty());
        EXPECT_EQ(must(cursor.next()), std::nullopt);
        EXPECT_EQ(code_of(cursor.erase()), incompatible_value);
    });
}

TEST_F(TxLife, ABucketIsMadeOnceOrFound) {
    const DB db = open();
    update(db, [](Tx& tx) {
        must(must(tx.create_bucket_if_missing("b")).put("key", "value"));
        EXPECT_EQ(must(must(tx.create_bucket_if_missing("b")).get("key")), "value");
        EXPECT_EQ(code_of(tx.create_bucket("b")), bucket_exists);
    });
    update(db, [](Tx& tx) {
        EXPECT_EQ(code_of(tx.create_bucket("b")), bucket_exists);
        EXPECT_EQ(must(must(tx.create_bucket_if_missing("b")).get("key")), "value");
    });
    EXPECT_EQ(get(db, "key"), "value");
}

TEST_F(TxLife, ABucketNeedsANameThatFits) {
    update(open(), [](Tx& tx) {
        EXPECT_EQ(code_of(tx.create_bucket("")), bucket_name_required);
        EXPECT_EQ(code_of(tx.create_bucket_if_missing("")), bucket_name_required);
        EXPECT_EQ(code_of(tx.create_bucket(repeat(32769))), key_too_large);
        EXPECT_TRUE(tx.create_bucket(repeat(32768)));
    });
}

TEST_F(TxLife, ForEachVisitsBucketsUntilAnError) {
    update(open(), [](Tx& tx) {
        for (const char* name : {"pear", "apple"})
            must(must(tx.create_bucket(name)).put("name", name));
        std::vector<std::string> names;
        must(tx.for_each([&](std::string_view name, const Bucket& bucket) -> Result<void> {
            EXPECT_EQ(must(bucket.get("name")), name);
            names.emplace_back(name);
            return {};
        }));
        EXPECT_THAT(names, ElementsAre("apple", "pear"));
        const auto failed = tx.for_each([](std::string_view, const Bucket&) -> Result<void> {
            return Error(cancelled, "enough");
        });
        EXPECT_EQ(code_of(failed), cancelled);
    });
}

TEST_F(TxLife, HooksOfAnUpdateRunUnlessItsWorkFails) {
    const DB db = open();
    int sum = 0;
    const auto add = [&](Tx& tx) {
        tx.on_commit([&] { sum += 1; });
        tx.on_commit([&] { sum += 2; });
        must(tx.create_bucket_if_missing("b"));
    };
    const auto failed = db.update([&](Tx& tx) -> Result<void> {
        add(tx);
        return Error(cancelled, "rolled back");
    });
    EXPECT_EQ(code_of(failed), cancelled);
    EXPECT_EQ(sum, 0);
    update(db, add);
    EXPECT_EQ(sum, 3);
}

// Readers of several states, of which some end before others: pages that were
// freed in between may not be used too early.
void hold_readers(const DB& db, const std::function<void(const char*, char)>& put,
                  const std::function<void(const char*)>& erase) {
    const auto begin = [&] { return must(db.begin()); };
    std::vector<Tx> others;
    put("a", '1');
    const Tx first = begin();
    put("b", '2');
    others.push_back(begin());
    put("c", '3');
    others.push_back(begin());
    erase("c");
    const Tx second = begin();
    erase("a");
    others.push_back(begin());
    erase("b");
    others.clear();
    for (int i = 0; i < 10; ++i)
        put("d", '4');
    EXPECT_EQ(must(must(first.bucket("b")).get("a")), repeat(9000, '1'));
    EXPECT_THAT(keys_of(must(first.bucket("b"))), ElementsAre("a"));
    EXPECT_EQ(must(must(second.bucket("b")).get("b")), repeat(9000, '2'));
    EXPECT_THAT(keys_of(must(second.bucket("b"))), ElementsAre("a", "b"));
    EXPECT_THAT(keys_of(must(begin().bucket("b"))), ElementsAre("d"));
}

TEST_F(TxLife, ReadersKeepTheirStatesWhicheverEndsFirst) {
    for (const bool no_freelist_sync : {false, true})
        for (const FreelistType type : {FreelistType::array, FreelistType::hashmap}) {
            const DB db = open(
                {.no_sync = true, .no_freelist_sync = no_freelist_sync, .freelist_type = type});
            hold_readers(
                db, [&](const char* key, char byte) { put(db, key, repeat(9000, byte)); },
                [&](const char* key) {
                    update(db, [&](Tx& tx) { must(must(tx.bucket("b")).erase(key)); });
                });
            update(db, [](Tx& tx) { must(tx.delete_bucket("b")); });
        }
}

class TxCopy : public WriteTest {
protected:
    DB filled() const {
        DB db = open();
        put(db, "apple", "red");
        put(db, "pear", repeat(10'000));
        return db;
    }
};

TEST_F(TxCopy, HoldsTheStateThatTheTransactionBeganWith) {
    const DB db = filled();
    const Tx tx = must(db.begin());
    put(db, "apple", "green");
    must(tx.copy_file(path("copy.db"), 0640));
    EXPECT_EQ(checked("copy.db").verdict, Verdict::clean);
    const DB copy = must(DB::open(path("copy.db")));
    EXPECT_EQ(get(copy, "apple"), "red");
    EXPECT_EQ(get(copy, "pear"), repeat(10'000));
    put(copy, "apple", "yellow"); // a database like any other
    EXPECT_EQ(get(db, "apple"), "green");
}

TEST_F(TxCopy, PassesOnTheWritersErrorWhereverItComes) {
    const DB db = filled();
    const Tx tx = must(db.begin());
    for (const int calls : {0, 1, 2}) {
        int left = calls;
        const auto written = tx.write_to([&](Bytes) -> Result<void> {
            if (left-- == 0)
                return Error(io, "the tape is full");
            return {};
        });
        ASSERT_FALSE(written) << calls;
        EXPECT_EQ(written.error().message(), "the tape is full");
        EXPECT_EQ(left, -1);
    }
}

TEST_F(TxCopy, FailsWhereNoFileCanBeMade) {
    const DB db = filled();
    const Tx tx = must(db.begin());
    EXPECT_EQ(code_of(tx.copy_file(path("missing/copy.db"))), file_not_found);
    EXPECT_FALSE(std::filesystem::exists(path("missing")));
}

TEST_F(TxCopy, ComesFromTheFileThatWasOpenedNotFromItsName) {
    const DB db = filled();
    const Tx tx = must(db.begin());
    {
        const DB other = must(DB::open(path("other.db")));
    }
    std::filesystem::rename(path("other.db"), path());
    must(tx.copy_file(path("copy.db")));
    EXPECT_EQ(get(must(DB::open(path("copy.db"))), "apple"), "red");
}

TEST_F(TxCopy, NeedsATransactionThatHasNotEnded) {
    const DB db = filled();
    Tx tx = must(db.begin());
    tx.rollback();
    EXPECT_EQ(code_of(tx.write_to([](Bytes) -> Result<void> { return {}; })), transaction_closed);
    EXPECT_EQ(code_of(tx.copy_file(path("copy.db"))), transaction_closed);
    EXPECT_FALSE(std::filesystem::exists(path("copy.db")));
}

} // namespace
} // namespace rebolt::test
