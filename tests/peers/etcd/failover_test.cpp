// Servers that are gone, hang or come back; calls of unknown fate.
#include <thread>

#include <fmt/format.h>

#include "peers/etcd/etcd_test.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;

class EtcdFailover : public EtcdTest {};

TEST_F(EtcdFailover, NobodyThereIsNotReachable) {
    EtcdCluster cluster;
    const auto kv = must(store::open(cluster.url(), {.call_timeout = Ms(2'000)}));
    must(kv->put("a", "1"));
    cluster.kill(0);
    EXPECT_THAT(text(kv->get("a")), HasSubstr("not-reachable: no server answered within 2000 ms"));
    // Not of unknown fate: it went nowhere.
    EXPECT_THAT(text(kv->put("a", "2")),
                HasSubstr("not-reachable: no server answered within 2000 ms"));
    EXPECT_THAT(text(store::open(cluster.url(), {.connect_timeout = Ms(300)})),
                HasSubstr("not-reachable: no server answered within 300 ms; the last: " +
                          cluster.endpoint(0)));
    cluster.start(0);
    cluster.wait_healthy(0);
    EXPECT_EQ(must(kv->get("a")).value, "1");
}

TEST_F(EtcdFailover, EachServerMayGo) {
    EtcdCluster cluster({.nodes = 3});
    const auto kv = connect(cluster.url());
    must(kv->put("a", "1"));
    for (std::size_t node = 0; node < 3; ++node) {
        cluster.kill(node);
        EXPECT_EQ(must(kv->get("a")).value, "1");
        cluster.start(node);
        cluster.wait_healthy(node);
    }
}

TEST_F(EtcdFailover, AServerThatHangsIsLeft) {
    EtcdCluster cluster({.nodes = 3});
    const auto kv = must(store::open(cluster.url(), {.call_timeout = Ms(6'000)}));
    must(kv->put("a", "1"));
    for (std::size_t node = 0; node < 3; ++node) {
        cluster.pause(node);
        EXPECT_EQ(must(kv->get("a")).value, "1") << node;
        cluster.go_on(node);
        cluster.wait_healthy(node);
    }
}

TEST_F(EtcdFailover, AWriteWithoutAnAnswerSaysSo) {
    EtcdCluster cluster;
    const auto kv = must(store::open(cluster.url(), {.call_timeout = Ms(500)}));
    must(kv->put("a", "1"));
    cluster.pause(0);
    EXPECT_EQ(text(kv->put("a", "2")),
              "not-reachable: " + cluster.endpoint(0) +
                  ": no answer in time; the change may have been carried out, or may still be");
    cluster.go_on(0);
    cluster.wait_healthy(0);
    must(kv->put("a", "3"));
}

TEST_F(EtcdFailover, ValuesThatAreTooLargeAreRefused) {
    const EtcdCluster cluster;
    const auto kv = connect(cluster.url());
    for (const std::size_t mebibytes : {2U, 8U})
        EXPECT_THAT(text(kv->put("a", std::string(mebibytes << 20U, 'x'))),
                    HasSubstr("value-too-large: " + cluster.endpoint(0) +
                              ": etcd takes requests of up to 1.5 MiB"));
    must(kv->put("a", std::string(1'500'000, 'x')));
    EXPECT_EQ(must(kv->get("a")).value.size(), 1'500'000U);
}

// More than one answer may hold, and more than a page has on average.
TEST_F(EtcdFailover, LargeListsComeInPages) {
    const EtcdCluster cluster;
    const auto kv = connect(cluster.url("large"));
    for (int i = 0; i < 300; ++i)
        must(kv->put(fmt::format("a{:03}", i), "small"));
    for (int i = 0; i < 70; ++i)
        must(kv->put(fmt::format("b{:03}", i), std::string(1'000'000, 'x')));
    const auto pairs = must(kv->list(""));
    ASSERT_EQ(pairs.size(), 370U);
    EXPECT_EQ(pairs[299].key, "a299");
    EXPECT_EQ(pairs[369].key, "b069");
    EXPECT_EQ(pairs[369].value.size(), 1'000'000U);
    EXPECT_EQ(must(kv->remove_tree("")), 370U);
}

TEST_F(EtcdFailover, AllKeysMeansThoseOfThePrefix) {
    const EtcdCluster cluster;
    const auto all = connect(cluster.url());
    const auto some = connect(cluster.url("app"));
    const std::string high(3, '\xff');
    for (const std::string& key : {std::string("app/a"), "app/" + high + "b", std::string("appx"),
                                   high, high + "z", std::string("\0", 1)})
        must(all->put(key, key));
    EXPECT_EQ(must(some->list("")).size(), 2U);
    EXPECT_EQ(must(some->list(high))[0].key, high + "b");
    EXPECT_EQ(must(all->list(high)).size(), 2U);
    EXPECT_EQ(must(some->remove_tree("")), 2U);
    EXPECT_EQ(must(all->remove_tree("")), 4U);
}

TEST_F(EtcdFailover, TheProgramItselfIsLinkedWithoutGrpc) {
    const std::string libraries = run_command({"/usr/bin/ldd", REBOLT_EXE}).out;
    EXPECT_THAT(libraries, HasSubstr("libc.so"));
    EXPECT_THAT(libraries, testing::Not(HasSubstr("grpc")));
}

} // namespace
} // namespace rebolt::test
