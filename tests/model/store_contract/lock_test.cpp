// Locks: at most one holder, whoever asks.
#include <atomic>
#include <thread>

#include "model/store_contract/contract.hpp"

namespace rebolt::test {
namespace {

TEST_P(StoreContract, ALockKnowsWhetherItIsHeld) {
    const auto lock = must(kv().new_lock("lock"));
    EXPECT_FALSE(lock->is_held());
    EXPECT_EQ(failure(lock->release()), "cannot-lock");
    must(lock->acquire({}));
    EXPECT_TRUE(lock->is_held());
    EXPECT_FALSE(lock->lost().stop_requested());
    EXPECT_EQ(failure(lock->acquire({})), "cannot-lock");
    const std::stop_token lost = lock->lost();
    must(lock->release());
    EXPECT_FALSE(lock->is_held());
    EXPECT_TRUE(lost.stop_requested());
    EXPECT_EQ(failure(lock->release()), "cannot-lock");
    must(lock->acquire({}));
    EXPECT_FALSE(lock->lost().stop_requested());
}

TEST_P(StoreContract, ALocksKeyShowsWhoHoldsIt) {
    const auto lock = must(kv().new_lock("dir/lock", {.value = "host 7"}));
    EXPECT_EQ(value("dir/lock"), "key-not-found");
    must(lock->acquire({}));
    EXPECT_EQ(value("dir/lock"), "host 7");
    must(lock->release());
    EXPECT_EQ(value("dir/lock"), "key-not-found");
}

TEST_P(StoreContract, ALockIsFreeWhenItsObjectIsGone) {
    const auto second = must(kv().new_lock("lock"));
    {
        const auto first = must(kv().new_lock("lock"));
        must(first->acquire({}));
    }
    must(second->acquire({}));
}

TEST_P(StoreContract, LocksOfOtherKeysAreOthers) {
    const auto first = must(kv().new_lock("lock"));
    const auto second = must(kv().new_lock("lock2"));
    const auto third = must(kv().new_lock("lock/"));
    must(first->acquire({}));
    must(second->acquire({}));
    must(third->acquire({}));
}

TEST_P(StoreContract, OneClientExcludesItself) {
    const auto first = must(kv().new_lock("lock"));
    const auto second = must(kv().new_lock("lock"));
    must(first->acquire({}));
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(a_while);
        stop.request_stop();
    });
    EXPECT_EQ(failure(second->acquire(stop.get_token())), "cancelled");
    must(first->release());
    must(second->acquire({}));
}

TEST_P(StoreContract, ClosingEndsAWaitForALock) {
    auto other = connect();
    const auto first = must(kv().new_lock("lock"));
    const auto second = must(other->new_lock("lock"));
    must(first->acquire({}));
    std::jthread closer([&] {
        std::this_thread::sleep_for(a_while);
        other->close();
    });
    EXPECT_EQ(failure(second->acquire({})), "cancelled");
    EXPECT_TRUE(first->is_held());
}

// Eight clients take a lock in turn; none meets another inside.
TEST_P(StoreContract, ALockHasOneHolder) {
    constexpr int turns = 5;
    std::atomic<int> inside = 0;
    int count = 0; // the lock guards it, and the thread sanitizer sees to it
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                const auto client = connect();
                const auto lock = must(client->new_lock("lock"));
                for (int turn = 0; turn < turns; ++turn) {
                    must(lock->acquire({}));
                    EXPECT_EQ(++inside, 1);
                    ++count;
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                    EXPECT_EQ(--inside, 0);
                    must(lock->release());
                }
            });
    }
    EXPECT_EQ(count, 8 * turns);
}

} // namespace
} // namespace rebolt::test
