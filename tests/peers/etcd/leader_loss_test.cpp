// The leader of three is killed and started again, twice, under 10,000
// compare-and-swap operations, a watch and a lock: nothing acknowledged is lost,
// no change is missed or told twice, no lock is held twice, and the history of
// each key is linearizable (history.hpp says how that is judged).
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "peers/etcd/etcd_test.hpp"
#include "peers/etcd/history.hpp"

namespace rebolt::test {
namespace {

using store::KeyValue;
using Clock = std::chrono::steady_clock;

constexpr int swaps_total = 10'000;
constexpr std::size_t keys_total = 8;
constexpr std::size_t clients_total = 8;
constexpr std::size_t lockers_total = 3;

std::string key_name(std::size_t number) {
    return "swap/" + std::to_string(number);
}

class LeaderLoss : public EtcdTest {
protected:
    // Reads and swaps, and writes down what came of it.
    void swap_on(std::size_t client) {
        const auto kv = connect(cluster_.url("run"));
        for (int count = 0; !is_failed() && swaps_ < swaps_total; ++count) {
            const std::size_t key = (client + static_cast<std::size_t>(count)) % keys_total;
            Operation read{.began = Clock::now()};
            const auto pair = kv->get(key_name(key));
            read.ended = Clock::now();
            if (!pair) {
                EXPECT_EQ(failure(pair), "not-reachable") << text(pair);
                continue;
            }
            read.index = pair->last_index;
            read.value = pair->value;
            Operation swap{.did = Did::swapped,
                           .expected = pair->last_index,
                           .value = std::to_string(client) + "-" + std::to_string(count),
                           .began = Clock::now()};
            const auto put = kv->atomic_put(key_name(key), swap.value, *pair);
            swap.ended = Clock::now();
            ++swaps_;
            if (put)
                swap.index = put->last_index;
            else if (failure(put) == "key-modified")
                swap.did = Did::refused;
            else
                swap.did = Did::unknown;
            if (swap.did == Did::unknown) {
                EXPECT_EQ(failure(put), "not-reachable") << text(put);
            }
            const std::scoped_lock guard(lock_);
            histories_[key].push_back(std::move(read));
            histories_[key].push_back(std::move(swap));
        }
    }

    // Takes the lock in turn with others.
    void lock_on(const std::stop_token& stop) {
        const auto kv = connect(cluster_.url("run"));
        const auto lock = must(kv->new_lock("lock", {.time_to_live = std::chrono::seconds(3)}));
        while (!stop.stop_requested()) {
            if (const auto got = lock->acquire(stop); !got) {
                // What cannot be had now is had later.
                EXPECT_TRUE(failure(got) == "not-reachable" || failure(got) == "cancelled")
                    << text(got);
                continue;
            }
            // Counted as inside until it is lost, or about to be released.
            std::atomic<bool> is_inside = true;
            const auto leave = [&] {
                if (is_inside.exchange(false))
                    --inside_;
            };
            if (++inside_ != 1)
                ADD_FAILURE() << "the lock is held twice";
            ++turns_;
            const std::stop_callback lost(lock->lost(), leave);
            std::this_thread::sleep_for(Ms(5));
            leave();
            static_cast<void>(lock->release());
        }
    }

    // All changes of all keys, to the marker.
    void follow(store::Watch& watch) {
        for (;;) {
            const auto event = must(watch.next({}, patience));
            if (!event) {
                ADD_FAILURE() << "the watch is stuck";
                return;
            }
            EXPECT_NE(static_cast<int>(event->kind), static_cast<int>(store::EventKind::reset));
            if (event->pair.key == "swap/end")
                return;
            if (event->kind == store::EventKind::put)
                chains_[event->pair.key].push_back({event->pair.last_index, event->pair.value});
        }
    }

    void kill_leader_at(int swaps) {
        while (swaps_ < swaps && !is_failed())
            std::this_thread::sleep_for(Ms(10));
        const std::size_t leader = cluster_.leader();
        cluster_.kill(leader);
        std::this_thread::sleep_for(Ms(1'000));
        cluster_.start(leader);
        cluster_.wait_healthy(leader);
    }

    void judge_all() {
        std::map<Did, std::size_t> counts;
        for (std::size_t key = 0; key < keys_total; ++key) {
            EXPECT_EQ(judge(chains_[key_name(key)], histories_[key]), "") << key_name(key);
            for (const Operation& operation : histories_[key])
                ++counts[operation.did];
        }
        std::string line = "swaps";
        line += " acknowledged " + std::to_string(counts[Did::swapped]);
        line += ", refused " + std::to_string(counts[Did::refused]);
        line += ", of unknown fate " + std::to_string(counts[Did::unknown]);
        line += "; turns of the lock " + std::to_string(turns_);
        RecordProperty("outcome", line);
        std::puts(line.c_str());
        EXPECT_GT(counts[Did::swapped], 1'000U);
        EXPECT_GT(turns_, 10);
    }

    [[nodiscard]] static bool is_failed() { return HasFatalFailure(); }

    EtcdCluster cluster_{{.nodes = 3}};
    std::atomic<int> swaps_ = 0;
    std::atomic<int> inside_ = 0;
    std::atomic<int> turns_ = 0;
    std::mutex lock_; // guards histories_
    std::map<std::size_t, std::vector<Operation>> histories_;
    std::map<std::string, std::vector<Write>> chains_; // the watching thread's
};

TEST_F(LeaderLoss, LosesNothingAndKeepsTheOrder) {
    const auto kv = connect(cluster_.url("run"));
    for (std::size_t key = 0; key < keys_total; ++key)
        must(kv->put(key_name(key), "made"));
    const auto watch = must(kv->watch_tree("swap/"));
    std::jthread watcher([&] { follow(*watch); });
    std::vector<std::jthread> lockers;
    for (std::size_t i = 0; i < lockers_total; ++i)
        lockers.emplace_back([this](const std::stop_token& stop) { lock_on(stop); });
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < clients_total; ++i)
        clients.emplace_back([this, i] { swap_on(i); });
    kill_leader_at(swaps_total / 4);
    kill_leader_at(swaps_total / 2);
    clients.clear();
    lockers.clear();
    must(kv->put("swap/end", ""));
    watcher.join();
    judge_all();
}

} // namespace
} // namespace rebolt::test
