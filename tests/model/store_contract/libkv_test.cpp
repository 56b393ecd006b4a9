// The cases of libkv's own testutils, under their names.
#include <atomic>
#include <thread>

#include "model/store_contract/contract.hpp"

namespace rebolt::test {
namespace {

using store::EventKind;
using store::KeyValue;

TEST_P(StoreContract, PutGetDeleteExists) {
    EXPECT_EQ(failure(kv().get("testPutGetDelete_not_exist_key")), "key-not-found");
    for (const std::string key :
         {"testPutGetDeleteExists", "testPutGetDeleteExists/", "testPutGetDeleteExists/testbar/",
          "testPutGetDeleteExists/testbar/testfoobar"}) {
        must(kv().put(key, "bar"));
        const KeyValue pair = must(kv().get(key));
        EXPECT_EQ(pair.key, key);
        EXPECT_EQ(pair.value, "bar");
        EXPECT_NE(pair.last_index, 0U);
        EXPECT_TRUE(must(kv().exists(key)));
        must(kv().remove(key));
        EXPECT_EQ(failure(kv().get(key)), "key-not-found");
        EXPECT_FALSE(must(kv().exists(key)));
    }
}

TEST_P(StoreContract, List) {
    must(kv().put("testList/first", "first"));
    must(kv().put("testList/second", "second"));
    for (const std::string parent : {"testList", "testList/"}) {
        const auto pairs = must(kv().list(parent));
        ASSERT_EQ(pairs.size(), 2U);
        EXPECT_EQ(pairs[0].key, "testList/first");
        EXPECT_EQ(pairs[0].value, "first");
        EXPECT_EQ(pairs[1].key, "testList/second");
        EXPECT_EQ(pairs[1].value, "second");
    }
    EXPECT_EQ(failure(kv().list("idontexist")), "key-not-found");
}

TEST_P(StoreContract, DeleteTree) {
    must(kv().put("testDeleteTree/first", "first"));
    must(kv().put("testDeleteTree/second", "second"));
    EXPECT_EQ(must(kv().remove_tree("testDeleteTree")), 2U);
    EXPECT_EQ(value("testDeleteTree/first"), "key-not-found");
    EXPECT_EQ(value("testDeleteTree/second"), "key-not-found");
}

TEST_P(StoreContract, Watch) {
    must(kv().put("testWatch", "world"));
    const auto watch = must(kv().watch("testWatch"));
    expect_next(*watch, EventKind::put, "testWatch", "world");
    expect_next(*watch, EventKind::caught_up);
    for (int i = 0; i < 3; ++i) {
        must(kv().put("testWatch", "world!"));
        expect_next(*watch, EventKind::put, "testWatch", "world!");
    }
}

TEST_P(StoreContract, WatchTree) {
    for (const std::string node : {"node1", "node2", "node3"})
        must(kv().put("testWatchTree/" + node, node));
    const auto watch = must(kv().watch_tree("testWatchTree"));
    for (const std::string node : {"node1", "node2", "node3"})
        expect_next(*watch, EventKind::put, "testWatchTree/" + node, node);
    expect_next(*watch, EventKind::caught_up);
    must(kv().remove("testWatchTree/node3"));
    expect_next(*watch, EventKind::removed, "testWatchTree/node3");
}

TEST_P(StoreContract, AtomicPut) {
    must(kv().put("testAtomicPut", "world"));
    KeyValue pair = must(kv().get("testAtomicPut"));
    EXPECT_NE(pair.last_index, 0U);
    EXPECT_EQ(failure(kv().atomic_put("testAtomicPut", "WORLD", std::nullopt)), "key-exists");
    must(kv().atomic_put("testAtomicPut", "WORLD", pair));
    pair.last_index = 6744;
    EXPECT_EQ(failure(kv().atomic_put("testAtomicPut", "WORLDWORLD", pair)), "key-modified");
    EXPECT_EQ(value("testAtomicPut"), "WORLD");
}

TEST_P(StoreContract, AtomicPutCreate) {
    const std::string key = "testAtomicPutCreate/create";
    must(kv().atomic_put(key, "putcreate", std::nullopt));
    const KeyValue pair = must(kv().get(key));
    EXPECT_EQ(pair.value, "putcreate");
    EXPECT_EQ(failure(kv().atomic_put(key, "putcreate", std::nullopt)), "key-exists");
    must(kv().atomic_put(key, "PUTCREATE", pair));
    EXPECT_EQ(value(key), "PUTCREATE");
}

TEST_P(StoreContract, AtomicPutWithSlashSuffixKey) {
    must(kv().atomic_put("testAtomicPutWithSlashSuffixKey/key/", "", std::nullopt));
    EXPECT_EQ(value("testAtomicPutWithSlashSuffixKey/key/"), "");
}

TEST_P(StoreContract, AtomicDelete) {
    must(kv().put("testAtomicDelete", "world"));
    KeyValue pair = must(kv().get("testAtomicDelete"));
    const std::uint64_t index = pair.last_index;
    pair.last_index = 6744;
    EXPECT_EQ(failure(kv().atomic_remove("testAtomicDelete", pair)), "key-modified");
    pair.last_index = index;
    must(kv().atomic_remove("testAtomicDelete", pair));
    EXPECT_EQ(failure(kv().atomic_remove("testAtomicDelete", pair)), "key-not-found");
}

TEST_P(StoreContract, LockUnlock) {
    const auto lock = must(
        kv().new_lock("testLockUnlock", {.value = "bar", .time_to_live = std::chrono::seconds(2)}));
    for (int i = 0; i < 2; ++i) {
        must(lock->acquire({}));
        const KeyValue pair = must(kv().get("testLockUnlock"));
        EXPECT_EQ(pair.value, "bar");
        EXPECT_NE(pair.last_index, 0U);
        must(lock->release());
    }
}

// libkv's testLockTTL: longer than its time to live the lock is held, renewed
// in the background; when its holder's connection is closed, another gets it.
TEST_P(StoreContract, LockTimeToLiveAndLockWait) {
    auto other = connect();
    const auto held = must(
        other->new_lock("testLockTTL", {.value = "bar", .time_to_live = std::chrono::seconds(3)}));
    must(held->acquire({}));
    EXPECT_EQ(value("testLockTTL"), "bar");
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));

    const auto lock = must(
        kv().new_lock("testLockTTL", {.value = "foobar", .time_to_live = std::chrono::seconds(3)}));
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1000));
        stop.request_stop();
    });
    EXPECT_EQ(failure(lock->acquire(stop.get_token())), "cancelled");
    EXPECT_TRUE(held->is_held());
    EXPECT_FALSE(held->lost().stop_requested());
    EXPECT_FALSE(lock->is_held());

    std::atomic<bool> got = false;
    std::jthread waiter([&] {
        must(lock->acquire({}));
        got = true;
    });
    std::this_thread::sleep_for(a_while);
    EXPECT_FALSE(got);
    other->close();
    waiter.join();
    EXPECT_TRUE(held->lost().stop_requested());
    EXPECT_EQ(value("testLockTTL"), "foobar");
    must(lock->release());
}

TEST_P(StoreContract, PutTimeToLive) {
    if (!place().has_time_to_live()) {
        EXPECT_EQ(failure(kv().put("a", "b", {.time_to_live = std::chrono::seconds(2)})),
                  "not-supported");
        EXPECT_EQ(value("a"), "key-not-found");
        return;
    }
    constexpr std::chrono::seconds time_to_live{3};
    auto other = connect();
    const auto watch = must(kv().watch("testPutTTL"));
    expect_next(*watch, EventKind::caught_up);
    must(other->put("testPutTTL", "foo", {.time_to_live = time_to_live}));
    must(other->put("second", "bar", {.time_to_live = time_to_live}));
    must(other->put("renewed", "1", {.time_to_live = time_to_live}));
    must(other->put("renewed", "2"));
    EXPECT_EQ(value("testPutTTL"), "foo");
    EXPECT_EQ(value("second"), "bar");
    other->close();
    expect_next(*watch, EventKind::put, "testPutTTL", "foo");
    expect_next(*watch, EventKind::removed, "testPutTTL");
    EXPECT_EQ(value("testPutTTL"), "key-not-found");
    // Leases end one after the other.
    for (int i = 0; i < 100 && value("second") != "key-not-found"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(value("second"), "key-not-found");
    EXPECT_EQ(value("renewed"), "2");
}

} // namespace
} // namespace rebolt::test
