// Locks that are lost, and how soon their holder learns of it.
#include <atomic>
#include <thread>

#include "peers/etcd/etcd_test.hpp"

namespace rebolt::test {
namespace {

class EtcdLocks : public EtcdTest {
protected:
    static void wait_for(const std::stop_token& token) {
        std::atomic<bool> is_done = false;
        const std::stop_callback done(token, [&] {
            is_done = true;
            is_done.notify_all();
        });
        is_done.wait(false);
    }

    EtcdCluster cluster_;
};

TEST_F(EtcdLocks, AreLostWhenTheyCannotBeRenewed) {
    const auto kv = must(store::open(cluster_.url("l"), {.call_timeout = Ms(1'000)}));
    const auto lock = must(kv->new_lock("lock", {.time_to_live = std::chrono::seconds(2)}));
    must(lock->acquire({}));
    cluster_.pause(0);
    wait_for(lock->lost());
    EXPECT_FALSE(lock->is_held());
    cluster_.go_on(0);
    cluster_.wait_healthy(0);
    EXPECT_EQ(failure(lock->release()), "cannot-lock");
    must(lock->acquire({}));
    EXPECT_TRUE(lock->is_held());
}

TEST_F(EtcdLocks, OutliveARestart) {
    const auto kv = connect(cluster_.url("l"));
    const auto lock = must(kv->new_lock("lock", {.time_to_live = std::chrono::seconds(6)}));
    must(lock->acquire({}));
    cluster_.kill(0);
    cluster_.start(0);
    cluster_.wait_healthy(0);
    std::this_thread::sleep_for(Ms(3'000)); // at least one renewal
    EXPECT_TRUE(lock->is_held());
    must(lock->release());
}

TEST_F(EtcdLocks, AreLostWithTheirKey) {
    const auto kv = connect(cluster_.url("l"));
    const auto lock = must(kv->new_lock("lock", {.time_to_live = std::chrono::seconds(2)}));
    must(lock->acquire({}));
    must(kv->remove("lock"));
    wait_for(lock->lost());
    EXPECT_FALSE(lock->is_held());
}

TEST_F(EtcdLocks, AreFreeSoonAfterTheirHolderIsGone) {
    const auto kv = connect(cluster_.url("l"));
    const auto first = must(kv->new_lock("lock", {.value = "first"}));
    const auto second = must(kv->new_lock("lock", {.value = "second"}));
    must(first->acquire({}));
    std::jthread waiter([&] { must(second->acquire({})); });
    std::this_thread::sleep_for(Ms(200));
    must(first->release());
    waiter.join();
    EXPECT_EQ(must(kv->get("lock")).value, "second");
}

TEST_F(EtcdLocks, TheStoresEndIsTheirs) {
    const auto kv = connect(cluster_.url("l"));
    const auto other = connect(cluster_.url("l"));
    const auto lock = must(kv->new_lock("lock"));
    must(lock->acquire({}));
    kv->close();
    EXPECT_TRUE(lock->lost().stop_requested());
    EXPECT_FALSE(lock->is_held());
    EXPECT_FALSE(must(other->exists("lock")));
}

} // namespace
} // namespace rebolt::test
