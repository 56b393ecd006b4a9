// Watches: what they deliver, in which order, and how they end.
#include <map>
#include <thread>

#include "model/store_contract/contract.hpp"

namespace rebolt::test {
namespace {

using store::Event;
using store::EventKind;

TEST_P(StoreContract, AWatchOfAMissingKeySeesItComeAndGo) {
    const auto watch = must(kv().watch("a"));
    expect_next(*watch, EventKind::caught_up);
    must(kv().put("a", "1"));
    expect_next(*watch, EventKind::put, "a", "1");
    must(kv().remove("a"));
    expect_next(*watch, EventKind::removed, "a");
    must(kv().put("a", "2"));
    expect_next(*watch, EventKind::put, "a", "2");
}

TEST_P(StoreContract, AWatchIsOfItsKeyAlone) {
    const auto watch = must(kv().watch("a"));
    expect_next(*watch, EventKind::caught_up);
    for (const std::string key : {"aa", "a/", "b", "A"})
        must(kv().put(key, "x"));
    expect_quiet(*watch);
    must(kv().put("a", "1"));
    expect_next(*watch, EventKind::put, "a", "1");
}

TEST_P(StoreContract, AWatchCanBeginWithChanges) {
    must(kv().put("dir/a", "1"));
    const auto watch = must(kv().watch_tree("dir/", {.current_first = false}));
    expect_quiet(*watch);
    must(kv().put("dir/b", "2"));
    expect_next(*watch, EventKind::put, "dir/b", "2");
    must(kv().put("dir/a", "3"));
    expect_next(*watch, EventKind::put, "dir/a", "3");
}

TEST_P(StoreContract, EventsHaveTheIndexOfTheirWrite) {
    const auto watch = must(kv().watch("a"));
    expect_next(*watch, EventKind::caught_up);
    const auto pair = must(kv().atomic_put("a", "1", std::nullopt));
    EXPECT_EQ(next(*watch).pair, pair);
}

TEST_P(StoreContract, AWatchTreeSeesRemoveTree) {
    for (const std::string key : {"dir/a", "dir/b", "other"})
        must(kv().put(key, ""));
    const auto watch = must(kv().watch_tree("dir/"));
    expect_next(*watch, EventKind::put, "dir/a");
    expect_next(*watch, EventKind::put, "dir/b");
    expect_next(*watch, EventKind::caught_up);
    must(kv().remove_tree(""));
    std::map<std::string, int> gone;
    for (int i = 0; i < 2; ++i) {
        const Event event = next(*watch);
        EXPECT_EQ(static_cast<int>(event.kind), static_cast<int>(EventKind::removed));
        ++gone[event.pair.key];
    }
    EXPECT_EQ(gone, (std::map<std::string, int>{{"dir/a", 1}, {"dir/b", 1}}));
    expect_quiet(*watch);
}

TEST_P(StoreContract, AWatchOfAllKeysSeesOtherClients) {
    const auto watch = must(kv().watch_tree(""));
    expect_next(*watch, EventKind::caught_up);
    const auto other = connect();
    must(other->put("x", "1"));
    expect_next(*watch, EventKind::put, "x", "1");
    must(other->put("y", "2"));
    expect_next(*watch, EventKind::put, "y", "2");
}

// While a writer writes, a watcher follows: what it believes at the end is
// what is there, and of each key it saw values only in their order.
TEST_P(StoreContract, AWatcherEndsWithWhatIsThere) {
    constexpr int writes = 200;
    const auto watch = must(kv().watch_tree("k"));
    expect_next(*watch, EventKind::caught_up);
    std::jthread writer([&] {
        const auto other = connect();
        for (int i = 0; i < writes; ++i) {
            const std::string key = "k" + std::to_string(i % 7);
            if (i % 5 == 4 && must(other->exists(key)))
                must(other->remove(key));
            else
                must(other->put(key, std::to_string(i)));
        }
        must(other->put("k-end", ""));
    });
    std::map<std::string, std::string> believed;
    std::map<std::string, int> newest;
    int events = 0;
    const auto take = [&](const Event& event) {
        ++events;
        const auto& [key, value, index] = event.pair;
        if (event.kind == EventKind::removed) {
            EXPECT_EQ(believed.erase(key), 1U) << key;
            return;
        }
        believed[key] = value;
        const int number = value.empty() ? 0 : std::stoi(value);
        EXPECT_TRUE(!newest.contains(key) || newest[key] < number) << key;
        newest[key] = number;
    };
    while (!believed.contains("k-end") && !HasFailure())
        take(next(*watch));
    // Changes of other keys may come behind it.
    while (const auto event = must(watch->next({}, a_while)))
        take(*event);
    writer.join();
    std::map<std::string, std::string> there;
    const auto pairs = must(kv().list("k"));
    for (const auto& pair : pairs)
        there[std::string(pair.key)] = pair.value;
    EXPECT_EQ(believed, there);
    if (place().tells_each_change()) {
        EXPECT_EQ(events, writes + 1);
    }
}

TEST_P(StoreContract, AWatchGoesOnWhereAnotherEnded) {
    if (!place().resumes_watches()) {
        EXPECT_EQ(failure(kv().watch("a", {.after_index = 1})), "not-supported");
        return;
    }
    must(kv().put("a", "1"));
    const std::uint64_t seen = must(kv().get("a")).last_index;
    must(kv().put("a", "2"));
    must(kv().put("b", "3"));
    must(kv().remove("a"));
    const auto watch = must(kv().watch_tree("", {.after_index = seen}));
    expect_next(*watch, EventKind::put, "a", "2");
    expect_next(*watch, EventKind::put, "b", "3");
    expect_next(*watch, EventKind::removed, "a");
    expect_quiet(*watch);
}

TEST_P(StoreContract, AWatchIsCancelled) {
    const auto watch = must(kv().watch("a"));
    expect_next(*watch, EventKind::caught_up);
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(a_while);
        stop.request_stop();
    });
    EXPECT_EQ(failure(watch->next(stop.get_token(), patience)), "cancelled");
    must(kv().put("a", "1")); // with another token it goes on
    expect_next(*watch, EventKind::put, "a", "1");
}

TEST_P(StoreContract, ClosingEndsAWatchThatWaits) {
    auto other = connect();
    const auto watch = must(other->watch("a"));
    expect_next(*watch, EventKind::caught_up);
    std::jthread closer([&] {
        std::this_thread::sleep_for(a_while);
        other->close();
    });
    EXPECT_EQ(failure(watch->next({}, patience)), "cancelled");
    EXPECT_EQ(failure(watch->next({}, patience)), "cancelled");
}

TEST_P(StoreContract, ManyWatchesOfOneStoreAllSee) {
    std::vector<std::unique_ptr<store::Watch>> watches;
    for (int i = 0; i < 50; ++i)
        watches.push_back(must(kv().watch("a")));
    for (const auto& watch : watches)
        expect_next(*watch, EventKind::caught_up);
    must(kv().put("a", "1"));
    for (const auto& watch : watches)
        expect_next(*watch, EventKind::put, "a", "1");
}

} // namespace
} // namespace rebolt::test
