// A cursor's moves on sound trees, which are bbolt's.
#include <rebolt/cursor.hpp>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_file.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;

// Bucket b: branch 4 over the leaves 5 (b d), 6 (f h), 7 (j, bucket k).
struct ThreeLeaves : TestFile {
    ThreeLeaves() : TestFile(8) {
        bucket_b()
            .branch(4, {{"b", 5}, {"f", 6}, {"j", 7}})
            .leaf(5, {{"b", "1"}, {"d", "2"}})
            .leaf(6, {{"f", "3"}, {"h", "4"}})
            .leaf(7, {{"j", "5"}, {"k", bucket_value(0) + leaf_image(0, {{"in", "6"}}), 1}});
    }
};

// The key, `-` for none, `!` for an error.
std::string key_of(const Result<std::optional<Entry>>& entry) {
    if (!entry)
        return "!";
    return *entry ? std::string((*entry)->key) : "-";
}

class CursorMoves : public testing::Test {
protected:
    ThreeLeaves built_;
    DB db_ = built_.open();
    Tx tx_ = *db_.begin();
    Bucket bucket_ = *tx_.bucket("b");
    Cursor cursor_ = bucket_.cursor();
};

TEST_F(CursorMoves, VisitsEveryKeyInBothDirections) {
    EXPECT_THAT(list(bucket_).keys, ElementsAre("b", "d", "f", "h", "j", "k"));
    EXPECT_THAT(list(bucket_, Way::backward).keys, ElementsAre("k", "j", "h", "f", "d", "b"));
}

TEST_F(CursorMoves, StaysOnTheLastEntryHoweverOftenNextIsCalled) {
    EXPECT_EQ(key_of(cursor_.last()), "k");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(key_of(cursor_.next()), "-");
    EXPECT_EQ(key_of(cursor_.prev()), "j");
}

TEST_F(CursorMoves, StaysOnTheFirstEntryHoweverOftenPrevIsCalled) {
    EXPECT_EQ(key_of(cursor_.first()), "b");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(key_of(cursor_.prev()), "-");
    EXPECT_EQ(key_of(cursor_.next()), "d");
}

TEST_F(CursorMoves, TurnsRoundAtAPageBorder) {
    EXPECT_EQ(key_of(cursor_.seek("f")), "f");
    EXPECT_EQ(key_of(cursor_.prev()), "d");
    EXPECT_EQ(key_of(cursor_.next()), "f");
    EXPECT_EQ(key_of(cursor_.prev()), "d");
    EXPECT_EQ(key_of(cursor_.prev()), "b");
}

TEST_F(CursorMoves, CanTurnRoundForever) {
    EXPECT_EQ(key_of(cursor_.seek("d")), "d");
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(key_of(cursor_.next()), "f");
        ASSERT_EQ(key_of(cursor_.prev()), "d");
    }
}

TEST_F(CursorMoves, SeeksTheKeyOrTheNextGreaterOne) {
    for (const auto& [key, found] :
         std::vector<std::pair<std::string, std::string>>{{"", "b"},
                                                          {"a", "b"},
                                                          {"b", "b"},
                                                          {"c", "d"},
                                                          {"d", "d"},
                                                          {"e", "f"},
                                                          {"h", "h"},
                                                          {"i", "j"},
                                                          {"k", "k"},
                                                          {"l", "-"},
                                                          {std::string(40000, 'z'), "-"}}) {
        SCOPED_TRACE(key.substr(0, 8));
        EXPECT_EQ(key_of(cursor_.seek(key)), found);
    }
}

TEST_F(CursorMoves, SeekBehindTheEndThenPrevGivesTheLast) {
    EXPECT_EQ(key_of(cursor_.seek("z")), "-");
    EXPECT_EQ(key_of(cursor_.next()), "-");
    EXPECT_EQ(key_of(cursor_.prev()), "k");
}

TEST_F(CursorMoves, ShowsABucketWithoutItsValue) {
    const auto entry = cursor_.seek("k");
    EXPECT_TRUE((*entry)->is_bucket);
    EXPECT_EQ((*entry)->value, "");
    EXPECT_FALSE((*cursor_.prev())->is_bucket);
}

TEST_F(CursorMoves, GivesNothingBeforeItIsPositioned) {
    EXPECT_EQ(key_of(cursor_.next()), "-");
    EXPECT_EQ(key_of(cursor_.prev()), "-");
}

TEST_F(CursorMoves, FindsNothingInAnEmptyBucket) {
    TestFile empty(5);
    empty.bucket_b().leaf(4, {});
    const Tx tx = *empty.open().begin();
    Cursor at = tx.bucket("b")->cursor();
    EXPECT_EQ(key_of(at.first()), "-");
    EXPECT_EQ(key_of(at.last()), "-");
    EXPECT_EQ(key_of(at.seek("a")), "-");
    EXPECT_EQ(key_of(at.next()) + key_of(at.prev()), "--");
}

TEST_F(CursorMoves, PassesEmptyLeavesWhereverTheyAre) {
    built_.leaf(5, {}).leaf(7, {});
    const Tx tx = *built_.open().begin();
    EXPECT_THAT(list(*tx.bucket("b")).keys, ElementsAre("f", "h"));
    EXPECT_THAT(list(*tx.bucket("b"), Way::backward).keys, ElementsAre("h", "f"));
    EXPECT_EQ(key_of(tx.bucket("b")->cursor().seek("a")), "f");
    built_.leaf(6, {});
    const Tx none = *built_.open().begin();
    EXPECT_TRUE(list(*none.bucket("b")).keys.empty());
    EXPECT_TRUE(list(*none.bucket("b"), Way::backward).keys.empty());
}

TEST_F(CursorMoves, CountsPagesEnteredSinceItWasPositioned) {
    static_cast<void>(cursor_.first());
    EXPECT_EQ(cursor_.pages_entered(), 2U);
    while (*cursor_.next())
        ;
    EXPECT_EQ(cursor_.pages_entered(), 4U);
    static_cast<void>(cursor_.seek("d"));
    EXPECT_EQ(cursor_.pages_entered(), 2U);
}

TEST(CursorOnRealFiles, GoesBackwardExactlyAsForwardAndSeeksEveryKey) {
    const DB db = *DB::open(test_data("real/docker-20.10-many.db"), {.read_only = true});
    const Tx tx = *db.begin();
    const Bucket bucket = *tx.bucket("libnetwork");
    const auto keys = list(bucket).keys;
    ASSERT_EQ(keys.size(), 305U);
    auto backward = list(bucket, Way::backward).keys;
    std::ranges::reverse(backward);
    EXPECT_EQ(keys, backward);
    Cursor at = bucket.cursor();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        EXPECT_EQ(key_of(at.seek(keys[i])), keys[i]);
        EXPECT_EQ(key_of(at.seek(keys[i] + '\0')), i + 1 < keys.size() ? keys[i + 1] : "-");
    }
}

} // namespace
} // namespace rebolt::test
