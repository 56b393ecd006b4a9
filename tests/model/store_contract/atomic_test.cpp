// Compare-and-swap: last_index, its errors, and one winner among many.
#include <map>
#include <set>
#include <thread>

#include "model/store_contract/contract.hpp"

namespace rebolt::test {
namespace {

using store::KeyValue;

TEST_P(StoreContract, EachWriteOfAKeyHasAGreaterIndex) {
    std::uint64_t last = 0;
    const auto other = connect();
    for (int i = 0; i < 5; ++i)
        for (store::Store* client : {&kv(), other.get()}) {
            must(client->put("a", "same"));
            const std::uint64_t index = must(kv().get("a")).last_index;
            EXPECT_GT(index, last);
            last = index;
        }
}

TEST_P(StoreContract, AKeyThatCameBackHasAnotherIndex) {
    must(kv().put("a", "1"));
    const KeyValue old = must(kv().get("a"));
    must(kv().remove("a"));
    must(kv().put("a", "1"));
    EXPECT_GT(must(kv().get("a")).last_index, old.last_index);
    EXPECT_EQ(failure(kv().atomic_put("a", "2", old)), "key-modified");
    EXPECT_EQ(failure(kv().atomic_remove("a", old)), "key-modified");
    must(kv().remove_tree("a"));
    must(kv().atomic_put("a", "1", std::nullopt));
    EXPECT_GT(must(kv().get("a")).last_index, old.last_index);
}

TEST_P(StoreContract, AtomicPutReturnsThePairThatIsThere) {
    const KeyValue made = must(kv().atomic_put("a", "1", std::nullopt));
    EXPECT_EQ(made.key, "a");
    EXPECT_EQ(made.value, "1");
    EXPECT_EQ(must(kv().get("a")), made);
    const KeyValue changed = must(kv().atomic_put("a", "2", made));
    EXPECT_EQ(must(kv().get("a")), changed);
    EXPECT_GT(changed.last_index, made.last_index);
    EXPECT_EQ(failure(kv().atomic_put("a", "3", made)), "key-modified");
    must(kv().atomic_remove("a", changed));
    EXPECT_EQ(failure(kv().atomic_put("a", "3", changed)), "key-not-found");
}

TEST_P(StoreContract, OnlyTheIndexIsCompared) {
    must(kv().put("a", "1"));
    const KeyValue pair = must(kv().get("a"));
    must(kv().atomic_put("a", "2", KeyValue{"other", "other", pair.last_index}));
    EXPECT_EQ(value("a"), "2");
}

TEST_P(StoreContract, AnotherKeysWriteChangesNoIndex) {
    must(kv().put("a", "1"));
    const KeyValue pair = must(kv().get("a"));
    for (const std::string key : {"a/", "a0", "b"})
        must(kv().put(key, "x"));
    must(kv().remove("b"));
    EXPECT_EQ(must(kv().get("a")), pair);
    must(kv().atomic_put("a", "2", pair));
}

TEST_P(StoreContract, AtomicRemoveNeedsThePrevious) {
    must(kv().put("a", "1"));
    EXPECT_EQ(failure(kv().atomic_remove("a", std::nullopt)), "previous-required");
    EXPECT_EQ(value("a"), "1");
}

TEST_P(StoreContract, OfEightCreatorsOneWins) {
    std::vector<std::unique_ptr<store::Store>> clients;
    for (int i = 0; i < 8; ++i)
        clients.push_back(connect());
    for (int round = 0; round < 5; ++round) {
        const std::string key = "round" + std::to_string(round);
        std::vector<std::string> results(8);
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < 8; ++i)
                threads.emplace_back([&, i] {
                    results[i] =
                        failure(clients[i]->atomic_put(key, std::to_string(i), std::nullopt));
                });
        }
        std::multiset<std::string> outcomes(results.begin(), results.end());
        EXPECT_EQ(outcomes.count(""), 1U);
        EXPECT_EQ(outcomes.count("key-exists"), 7U);
        const auto winner = static_cast<std::size_t>(std::stoi(value(key)));
        EXPECT_EQ(results[winner], "");
    }
}

// Each of eight clients counts a number up until it has won so many times.
TEST_P(StoreContract, EachIndexHasOneWinner) {
    must(kv().put("count", "0"));
    const int wins = place().wins_per_client();
    std::vector<std::vector<std::uint64_t>> beaten(8);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 8; ++i)
            threads.emplace_back([&, i] {
                const auto client = connect();
                while (std::ssize(beaten[i]) < wins) {
                    const KeyValue pair = must(client->get("count"));
                    const std::string next = std::to_string(std::stoi(pair.value) + 1);
                    const auto put = client->atomic_put("count", next, pair);
                    if (put)
                        beaten[i].push_back(pair.last_index);
                    else
                        ASSERT_EQ(failure(put), "key-modified") << put.error().to_text();
                }
            });
    }
    std::map<std::uint64_t, int> winners;
    for (const auto& of_one : beaten)
        for (const std::uint64_t index : of_one)
            ++winners[index];
    EXPECT_EQ(std::ssize(winners), 8 * wins);
    for (const auto& [index, count] : winners)
        EXPECT_EQ(count, 1) << "index " << index;
    EXPECT_EQ(value("count"), std::to_string(8 * wins));
}

} // namespace
} // namespace rebolt::test
