// Any bytes as keys and values; prefixes; many keys; large values.
#include <fmt/format.h>

#include "model/store_contract/contract.hpp"
#include "support/random.hpp"

namespace rebolt::test {
namespace {

using store::KeyValue;
using store::PairView;

std::string numbered(int number) {
    return fmt::format("many/{:05}", number);
}

TEST_P(StoreContract, EmptyValuesAreValues) {
    must(kv().put("a", ""));
    EXPECT_TRUE(must(kv().exists("a")));
    EXPECT_EQ(must(kv().get("a")).value, "");
    EXPECT_EQ(must(kv().list("a")).size(), 1U);
    EXPECT_EQ(failure(kv().atomic_put("a", "b", std::nullopt)), "key-exists");
    must(kv().atomic_put("a", "", must(kv().get("a"))));
    EXPECT_EQ(value("a"), "");
}

TEST_P(StoreContract, BinaryKeysAndValuesAreKept) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    const std::vector<std::string> binary = {std::string(1, '\0'),
                                             std::string("\0a", 2),
                                             std::string("a\0b/", 4),
                                             "\xff",
                                             "\xff\xff",
                                             all};
    for (const std::string& key : binary)
        must(kv().put(key, key + key));
    for (const std::string& key : binary)
        EXPECT_EQ(value(key), key + key);
    EXPECT_EQ(keys(""), (std::vector<std::string>{std::string(1, '\0'), all, std::string("\0a", 2),
                                                  std::string("a\0b/", 4), "\xff", "\xff\xff"}));
    EXPECT_EQ(keys("\xff"), (std::vector<std::string>{"\xff", "\xff\xff"}));
    EXPECT_EQ(must(kv().remove_tree("\xff")), 2U);
    EXPECT_EQ(keys("").size(), 4U);
}

TEST_P(StoreContract, AnEmptyKeyIsRefused) {
    EXPECT_EQ(failure(kv().put("", "a")), "key-required");
    EXPECT_EQ(failure(kv().get("")), "key-required");
    EXPECT_EQ(failure(kv().exists("")), "key-required");
    EXPECT_EQ(failure(kv().remove("")), "key-required");
    EXPECT_EQ(failure(kv().atomic_put("", "a", std::nullopt)), "key-required");
    EXPECT_EQ(failure(kv().atomic_remove("", KeyValue{})), "key-required");
    EXPECT_EQ(failure(kv().watch("")), "key-required");
    EXPECT_EQ(failure(kv().new_lock("")), "key-required");
}

TEST_P(StoreContract, APrefixIsNoDirectory) {
    for (const std::string key : {"a", "a/b", "a/bc", "a/b/c", "a0", "b"})
        must(kv().put(key, key));
    EXPECT_EQ(keys("a/b"), (std::vector<std::string>{"a/b", "a/b/c", "a/bc"}));
    EXPECT_EQ(keys("a"), (std::vector<std::string>{"a", "a/b", "a/b/c", "a/bc", "a0"}));
    EXPECT_EQ(keys("a/"), (std::vector<std::string>{"a/b", "a/b/c", "a/bc"}));
    EXPECT_EQ(keys("").size(), 6U);
    EXPECT_EQ(keys("a/b/c/d").size(), 0U);
    EXPECT_EQ(keys("c").size(), 0U);
    EXPECT_EQ(must(kv().remove_tree("a/b")), 3U);
    EXPECT_EQ(keys(""), (std::vector<std::string>{"a", "a0", "b"}));
    EXPECT_EQ(must(kv().remove_tree("a/b")), 0U);
    EXPECT_EQ(must(kv().remove_tree("")), 3U);
    EXPECT_EQ(failure(kv().list("")), "key-not-found");
}

TEST_P(StoreContract, ADirectoryMarkerIsAnEmptyValue) {
    must(kv().put("dir/", "", {.is_directory = true}));
    EXPECT_EQ(value("dir/"), "");
    EXPECT_EQ(failure(kv().put("dir/", "x", {.is_directory = true})), "invalid-argument");
    EXPECT_EQ(keys("dir"), std::vector<std::string>{"dir/"});
}

TEST_P(StoreContract, RemovingWhatIsNotThereIsAnError) {
    EXPECT_EQ(failure(kv().remove("a")), "key-not-found");
    must(kv().put("a", "1"));
    EXPECT_EQ(failure(kv().remove("b")), "key-not-found");
    EXPECT_EQ(value("a"), "1");
}

TEST_P(StoreContract, TenThousandKeys) {
    std::vector<KeyValue> pairs;
    for (int i = 0; i < 10'000; ++i)
        pairs.push_back({numbered(i), fmt::format("value {}", i), 0});
    must(kv().put_all(pairs));
    must(kv().put("mane", "before"));
    must(kv().put("many0", "behind"));
    const auto listed = must(kv().list("many/"));
    ASSERT_EQ(listed.size(), pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        EXPECT_EQ(listed[i].key, pairs[i].key);
        EXPECT_EQ(listed[i].value, pairs[i].value);
    }
    Random random(7);
    for (int i = 0; i < 100; ++i) {
        const auto at = static_cast<std::size_t>(random.next() % pairs.size());
        EXPECT_EQ(must(kv().get(pairs[at].key)).view(), listed[at]);
    }
    EXPECT_EQ(keys("many/0123").size(), 10U);
    EXPECT_EQ(must(kv().remove_tree("many/")), 10'000U);
    EXPECT_EQ(keys(""), (std::vector<std::string>{"mane", "many0"}));
}

TEST_P(StoreContract, HugeValuesAreKept) {
    std::string huge(place().huge_value_bytes(), 'x');
    Random random(1);
    for (std::size_t i = 0; i < huge.size(); i += 4096)
        huge[i] = static_cast<char>(random.next());
    must(kv().put("huge", huge));
    must(kv().put("hugf", "small"));
    EXPECT_TRUE(must(kv().get("huge")).value == huge);
    const auto listed = must(kv().list("hug"));
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_TRUE(listed[0].value == huge);
    must(kv().remove("huge"));
    EXPECT_EQ(value("huge"), "key-not-found");
}

TEST_P(StoreContract, PutAllWritesInOrder) {
    must(kv().put("b", "old"));
    const std::uint64_t before = must(kv().get("b")).last_index;
    must(kv().put_all(std::vector<KeyValue>{{"a", "1", 0}, {"b", "2", 0}, {"a", "3", 0}}));
    EXPECT_EQ(value("a"), "3");
    EXPECT_EQ(value("b"), "2");
    EXPECT_GT(must(kv().get("b")).last_index, before);
    must(kv().put_all({}));
    EXPECT_EQ(failure(kv().put_all(std::vector<KeyValue>{{"", "1", 0}})), "key-required");
}

TEST_P(StoreContract, AVisitorsErrorEndsTheListing) {
    for (const std::string key : {"a", "b", "c"})
        must(kv().put(key, ""));
    int seen = 0;
    EXPECT_EQ(failure(kv().for_each("",
                                    [&](const PairView&) -> Result<void> {
                                        if (++seen == 2)
                                            return Error(ErrorCode::cancelled, "enough");
                                        return {};
                                    })),
              "cancelled");
    EXPECT_EQ(seen, 2);
    must(kv().put("d", "")); // nothing is held
}

TEST_P(StoreContract, WhatOneClientWroteAnotherSees) {
    const auto other = connect();
    must(other->put("a", "1"));
    EXPECT_EQ(value("a"), "1");
    must(kv().put("a", "2"));
    EXPECT_EQ(must(other->get("a")).value, "2");
    EXPECT_EQ(must(other->get("a")), must(kv().get("a")));
    must(other->remove("a"));
    EXPECT_FALSE(must(kv().exists("a")));
}

TEST_P(StoreContract, WhatIsStoredOutlivesTheClient) {
    {
        const auto other = connect();
        must(other->put("a", "1"));
    }
    EXPECT_EQ(value("a"), "1");
}

TEST_P(StoreContract, AClosedStoreSaysSo) {
    const auto other = connect();
    must(other->put("a", "1"));
    other->close();
    other->close();
    EXPECT_EQ(failure(other->put("a", "1")), "cancelled");
    EXPECT_EQ(failure(other->get("a")), "cancelled");
    EXPECT_EQ(failure(other->exists("a")), "cancelled");
    EXPECT_EQ(failure(other->list("a")), "cancelled");
    EXPECT_EQ(failure(other->remove_tree("a")), "cancelled");
    EXPECT_EQ(failure(other->watch("a")), "cancelled");
    EXPECT_EQ(failure(other->new_lock("a")), "cancelled");
    EXPECT_EQ(value("a"), "1");
}

} // namespace
} // namespace rebolt::test
