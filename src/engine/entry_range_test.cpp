// Loops over a bucket, keys that are numbers or bytes, handles that are small.
#include <rebolt/bucket.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/big_endian_key.hpp>

#include "engine/test_file.hpp"
#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::ElementsAre;

static_assert(std::input_iterator<EntryIterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, EntryIterator>);
static_assert(std::is_nothrow_move_constructible_v<Cursor>);
static_assert(std::is_nothrow_move_constructible_v<Bucket> && std::is_copy_constructible_v<Bucket>);
static_assert(sizeof(Bucket) <= 80 && sizeof(Cursor) <= 192);

class Entries : public WriteTest {
protected:
    Entries() {
        update(db_, [](Tx& tx) {
            Bucket b = must(tx.create_bucket("b"));
            for (const char* key : {"a", "b/1", "b/2", "c"})
                must(b.put(key, std::string("value of ") + key));
            must(b.create_bucket("b/nested"));
        });
    }
    [[nodiscard]] Tx begin() const { return must(db_.begin()); }

    const DB db_ = open();
};

template <class Range>
std::vector<std::string> keys_in(Range&& range) {
    std::vector<std::string> keys;
    for (auto& entry : range) {
        must(entry ? Result<void>{} : std::move(entry).error());
        keys.push_back(std::string(entry->key) + (entry->is_bucket ? "/" : ""));
    }
    return keys;
}

TEST_F(Entries, OfABucketAreVisitedInOrder) {
    const Tx tx = begin();
    const Bucket bucket = must(tx.bucket("b"));
    EXPECT_THAT(keys_in(bucket), ElementsAre("a", "b/1", "b/2", "b/nested/", "c"));
    EXPECT_THAT(keys_in(bucket), ElementsAre("a", "b/1", "b/2", "b/nested/", "c")); // again
    for (auto& entry : bucket) {
        if (entry->key == "b/2") {
            EXPECT_EQ(entry->value, "value of b/2");
        }
    }
}

TEST_F(Entries, OfAPrefixAreVisitedAlone) {
    const Tx tx = begin();
    EXPECT_THAT(keys_in(must(tx.bucket("b")).with_prefix("b/")),
                ElementsAre("b/1", "b/2", "b/nested/"));
    EXPECT_THAT(keys_in(must(tx.bucket("b")).with_prefix("d")), ElementsAre());
    EXPECT_THAT(keys_in(must(must(tx.bucket("b")).bucket("b/nested"))), ElementsAre());
}

TEST_F(Entries, MayBeErasedOnTheWay) {
    update(db_, [](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        for (auto& entry : bucket)
            if (!entry->is_bucket)
                must(bucket.erase(std::string(entry->key)));
        EXPECT_THAT(keys_in(bucket), ElementsAre("b/nested/"));
    });
}

TEST_F(Entries, EndWithTheTransaction) {
    Tx tx = begin();
    const Bucket bucket = must(tx.bucket("b"));
    std::vector<std::optional<ErrorCode>> codes;
    for (auto& entry : bucket) {
        codes.push_back(code_of(entry));
        tx.rollback();
    }
    EXPECT_THAT(codes, ElementsAre(std::nullopt, ErrorCode::transaction_closed));
}

TEST(EntriesOfDamage, GiveItAsTheirLast) {
    const DB db = must(DB::open(test_data("damaged/docker-cycle-next.db"), {.read_only = true}));
    const Tx tx = must(db.begin());
    std::size_t sound = 0;
    std::optional<FindingCode> found;
    for (auto& entry : must(tx.bucket("libnetwork"))) {
        EXPECT_FALSE(found) << "nothing comes behind damage";
        if (entry)
            ++sound;
        else
            found = entry.error().finding()->code;
    }
    EXPECT_EQ(sound, 16U);
    EXPECT_EQ(found, FindingCode::page_cycle);
}

TEST_F(Entries, MayHaveKeysAndValuesThatAreBytes) {
    const std::vector<std::uint8_t> key{0, 1, 255};
    const std::array<std::byte, 2> value{std::byte{7}, std::byte{0}};
    update(db_, [&](Tx& tx) {
        Bucket bucket = must(tx.bucket("b"));
        must(bucket.put(key, value));
        must(bucket.put("text", value));
        must(bucket.put(std::span(key).first(2), "text"));
        must(bucket.put("empty", {}));
        EXPECT_EQ(must(bucket.get(std::span(key))), std::string_view("\7\0", 2));
        EXPECT_EQ(must(bucket.cursor().seek(key))->key, as_text(key));
        EXPECT_EQ(as_bytes(*must(bucket.get("text"))).size(), 2U);
        must(bucket.erase(key));
        EXPECT_EQ(must(bucket.get(key)), std::nullopt);
    });
}

TEST_F(Entries, WithNumbersForKeysAreInTheirOrder) {
    update(db_, [](Tx& tx) {
        Bucket bucket = must(tx.create_bucket("numbers"));
        for (const std::uint64_t number : {0x1'0000'0000ULL, 255ULL, 256ULL, 0ULL, ~0ULL})
            must(bucket.put(BigEndianKey(number), ""));
    });
    const Tx tx = begin();
    std::vector<std::optional<std::uint64_t>> numbers;
    for (auto& entry : must(tx.bucket("numbers")))
        numbers.push_back(big_endian_number(entry->key));
    EXPECT_THAT(numbers, ElementsAre(0, 255, 256, 0x1'0000'0000ULL, ~0ULL));
}

TEST(BigEndianKeys, HaveTheBytesOfTheirType) {
    EXPECT_EQ(std::string_view(BigEndianKey(0x0102)), std::string_view("\0\0\0\0\0\0\1\2", 8));
    EXPECT_EQ(std::string_view(BigEndianKey<std::uint16_t>(0xFF01)), "\xFF\x01");
    EXPECT_EQ(big_endian_number<std::uint16_t>("\xFF\x01"), 0xFF01);
    EXPECT_EQ(big_endian_number<std::uint8_t>("\x80"), 0x80);
    EXPECT_EQ(big_endian_number("short"), std::nullopt);
}

TEST_F(Entries, MoveWithTheirCursor) {
    const Tx tx = begin();
    Cursor first = must(tx.bucket("b")).cursor();
    EXPECT_EQ(must(first.first())->key, "a");
    Cursor moved = std::move(first);
    EXPECT_EQ(must(moved.next())->key, "b/1");
}

} // namespace
} // namespace rebolt::test
