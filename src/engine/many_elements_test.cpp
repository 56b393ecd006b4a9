// Pages with as many elements as a page's count can say, 65,535: more than bbolt
// ever writes, but nothing forbids it. Whatever is done to them, no key is lost.
#include <rebolt/db.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"
#include "support/file_builder.hpp"

namespace rebolt::test {
namespace {

constexpr std::size_t count_max = 0xFFFF;

std::string name(std::size_t number) {
    return fmt::format("{:06}", number);
}

std::vector<LeafItem> items(std::size_t first, std::size_t count) {
    std::vector<LeafItem> made;
    for (std::size_t i = first; i < first + count; ++i)
        made.push_back({name(i), "v"});
    return made;
}

class ManyElements : public WriteTest {
protected:
    static std::size_t count(const DB& db) {
        const Tx tx = must(db.begin());
        std::size_t keys = 0;
        std::string previous;
        must(must(tx.bucket("b")).for_each([&](const Entry& entry) -> Result<void> {
            EXPECT_LT(previous, entry.key);
            previous = entry.key;
            ++keys;
            return {};
        }));
        return keys;
    }
    // Bucket `b` is one leaf.
    void write_one_leaf() const {
        FileBuilder()
            .leaf(3, {{"b", FileBuilder::bucket(4), 1}})
            .leaf(4, items(1, count_max))
            .write_to(path());
    }
};

TEST_F(ManyElements, APutSplitsTheFullestLeafAndLosesNothing) {
    for (const std::string& key : {name(0), name(30000) + "x", name(count_max + 1)}) {
        SCOPED_TRACE(key);
        write_one_leaf();
        EXPECT_EQ(checked().verdict, Verdict::clean);
        const DB db = open();
        EXPECT_EQ(count(db), count_max);
        put(db, key, "new");
        EXPECT_EQ(count(db), count_max + 1);
        EXPECT_EQ(get(db, key), "new");
        EXPECT_EQ(get(db, name(1)), "v");
        EXPECT_EQ(get(db, name(count_max)), "v");
    }
}

TEST_F(ManyElements, AValueOfATransactionMayBePutBackIntoTheLeafThatIsSplit) {
    write_one_leaf();
    const DB db = open();
    update(db, [&](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        must(bucket.erase(name(7)));
        must(bucket.put("a", *must(bucket.get(name(9)))));
        must(bucket.put("b", *must(bucket.get("a"))));
    });
    EXPECT_EQ(count(db), count_max + 1);
    EXPECT_EQ(get(db, "b"), "v");
}

TEST_F(ManyElements, ReplacingAndErasingKeepAllOthers) {
    write_one_leaf();
    const DB db = open();
    put(db, name(5), "longer than before");
    EXPECT_EQ(count(db), count_max);
    update(db, [&](Tx& tx) { must(must(tx.bucket("b")).erase(name(6))); });
    EXPECT_EQ(count(db), count_max - 1);
    update(db, [&](Tx& tx) { must(must(tx.bucket("b")).create_bucket("bucket")); });
    EXPECT_EQ(count(db), count_max);
}

TEST_F(ManyElements, ALeafThatBecameSmallIsNotMergedIntoAFullOne) {
    for (const bool small_is_first : {true, false}) {
        SCOPED_TRACE(small_is_first);
        const std::size_t small = small_is_first ? 0 : count_max;
        const std::size_t full = small_is_first ? 4 : 0;
        FileBuilder builder;
        builder.leaf(3, {{"b", FileBuilder::bucket(4), 1}})
            .leaf(5, items(small, 4))
            .leaf(6, items(full, count_max));
        if (small_is_first)
            builder.branch(4, {{name(small), 5}, {name(full), 6}});
        else
            builder.branch(4, {{name(full), 6}, {name(small), 5}});
        builder.write_to(path());
        EXPECT_EQ(checked().verdict, Verdict::clean);
        const DB db = open();
        update(db, [&](Tx& tx) { must(must(tx.bucket("b")).erase(name(small + 1))); });
        EXPECT_EQ(count(db), count_max + 3);
    }
}

} // namespace
} // namespace rebolt::test
