// Watches across restarts and compactions.
#include <map>
#include <thread>

#include <fmt/format.h>

#include "peers/etcd/etcd_test.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;

class EtcdWatches : public EtcdTest {
protected:
    void restart() {
        cluster_.kill(0);
        cluster_.start(0);
        cluster_.wait_healthy(0);
    }
    void compact(store::Store& kv) {
        must(kv.put("marker", ""));
        const auto revision = must(kv.get("marker")).last_index;
        cluster_.control({"compact", std::to_string(revision)});
    }

    EtcdCluster cluster_;
};

TEST_F(EtcdWatches, GoOnAfterARestart) {
    const auto kv = connect(cluster_.url("w"));
    const auto watch = must(kv->watch_tree("k"));
    EXPECT_EQ(next(*watch), "caught up");
    for (int round = 0; round < 3; ++round) {
        const std::string number = std::to_string(round);
        must(kv->put("k", number));
        EXPECT_EQ(next(*watch), "put k=" + number);
        must(kv->put("kk", number)); // not told before the restart
        restart();
        must(kv->remove("kk"));
        EXPECT_EQ(next(*watch), "put kk=" + number);
        EXPECT_EQ(next(*watch), "removed kk");
    }
    EXPECT_EQ(next(*watch, Ms(200)), "nothing");
}

TEST_F(EtcdWatches, CompactionWhileDisconnectedIsAReset) {
    const auto kv = connect(cluster_.url("w"));
    must(kv->put("k/gone", "1"));
    const auto watch = must(kv->watch_tree("k/"));
    EXPECT_EQ(next(*watch), "put k/gone=1");
    EXPECT_EQ(next(*watch), "caught up");
    EXPECT_EQ(next(*watch, Ms(200)), "nothing"); // it is connected now
    restart();
    must(kv->remove("k/gone"));
    must(kv->put("k/new", "2"));
    compact(*kv);
    EXPECT_EQ(next(*watch), "reset");
    EXPECT_EQ(next(*watch), "put k/new=2");
    EXPECT_EQ(next(*watch), "caught up");
    must(kv->put("k/new", "3"));
    EXPECT_EQ(next(*watch), "put k/new=3");
}

// etcd compacts the removals of the very revision up to which it compacts.
TEST_F(EtcdWatches, ARemovalAtTheCompactedRevisionIsNotMissed) {
    const auto kv = connect(cluster_.url("w"));
    must(kv->put("k", "1"));
    const auto watch = must(kv->watch("k"));
    EXPECT_EQ(next(*watch), "put k=1");
    EXPECT_EQ(next(*watch), "caught up");
    const auto seen = must(kv->get("k")).last_index;
    must(kv->remove("k"));
    cluster_.control({"compact", std::to_string(seen + 1)});
    const std::string told = next(*watch);
    EXPECT_TRUE(told == "removed k" || told == "reset") << told;
}

TEST_F(EtcdWatches, AnIndexThatIsCompactedIsAReset) {
    const auto kv = connect(cluster_.url("w"));
    must(kv->put("k", "1"));
    const auto old = must(kv->get("k")).last_index;
    must(kv->put("k", "2"));
    must(kv->put("k", "3"));
    compact(*kv);
    const auto watch = must(kv->watch("k", {.after_index = old}));
    EXPECT_EQ(next(*watch), "reset");
    EXPECT_EQ(next(*watch), "put k=3");
    EXPECT_EQ(next(*watch), "caught up");
    EXPECT_EQ(next(*watch, Ms(200)), "nothing");
}

TEST_F(EtcdWatches, AClusterMadeAnewIsAReset) {
    const auto kv = connect(cluster_.url("w"));
    must(kv->put("k", "1"));
    const auto watch = must(kv->watch("k"));
    EXPECT_EQ(next(*watch), "put k=1");
    EXPECT_EQ(next(*watch), "caught up");
    cluster_.start_anew(0, "another-token");
    must(kv->put("k", "of another life"));
    EXPECT_EQ(next(*watch), "reset");
    EXPECT_EQ(next(*watch), "put k=of another life");
    EXPECT_EQ(next(*watch), "caught up");
}

// Old changes come in answers of at most 1.5 MiB, which end within revisions.
TEST_F(EtcdWatches, LargeChangesComeWholeAndOnce) {
    const auto kv = connect(cluster_.url("w"));
    must(kv->put("first", ""));
    const auto before = must(kv->get("first")).last_index;
    constexpr std::size_t count = 100;
    std::vector<store::KeyValue> pairs;
    for (std::size_t i = 0; i < count; ++i)
        pairs.push_back({fmt::format("k{:03}", i), std::string(60'000, 'x'), 0});
    must(kv->put_all(pairs));
    EXPECT_EQ(must(kv->remove_tree("k")), count);
    must(kv->put("last", ""));
    const auto watch = must(kv->watch_tree("", {.after_index = before}));
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_THAT(next(*watch), HasSubstr(fmt::format("put k{:03}=xxx", i)));
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(next(*watch), fmt::format("removed k{:03}", i));
    EXPECT_EQ(next(*watch), "put last=");
}

TEST_F(EtcdWatches, GiveUpWhenToldTo) {
    const auto kv = must(store::open(cluster_.url("w"), {.give_up_after = Ms(500)}));
    const auto watch = must(kv->watch("k"));
    EXPECT_EQ(next(*watch), "caught up");
    cluster_.kill(0);
    EXPECT_THAT(text(watch->next({}, patience)),
                HasSubstr("not-reachable: the watch was not connected for 500 ms"));
}

TEST_F(EtcdWatches, AreNotInTheWayOfAShortTimeout) {
    const auto kv = connect(cluster_.url("w"));
    const auto watch = must(kv->watch("k"));
    EXPECT_EQ(next(*watch), "caught up");
    cluster_.kill(0);
    EXPECT_EQ(next(*watch, Ms(0)), "nothing");
    EXPECT_EQ(next(*watch, Ms(300)), "nothing");
}

} // namespace
} // namespace rebolt::test
