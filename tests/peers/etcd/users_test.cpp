// Users and passwords, and tokens that become invalid.
#include <fmt/format.h>

#include "peers/etcd/etcd_test.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;

class EtcdUsers : public EtcdTest {
protected:
    EtcdUsers() {
        cluster_.control({"user", "add", "root:secret"});
        cluster_.control({"user", "grant-role", "root", "root"});
        cluster_.control({"user", "add", "ann:pass word"});
        cluster_.control({"role", "add", "ann"});
        cluster_.control({"role", "grant-permission", "ann", "--prefix=true", "readwrite", "ann/"});
        cluster_.control({"user", "grant-role", "ann", "ann"});
        cluster_.control({"auth", "enable"});
    }
    [[nodiscard]] std::string url(const std::string& user, const std::string& prefix) const {
        return fmt::format("etcd://{}{}/{}", user, cluster_.endpoints(), prefix);
    }

    EtcdCluster cluster_{{.more = {"--auth-token-ttl", "1"}}};
};

TEST_F(EtcdUsers, OnlyTheRightPasswordOpens) {
    must(connect(url("ann:pass%20word@", "ann"))->put("a", "1"));
    const auto kv = must(store::open(url("", "ann"), {.user = "ann", .password = "pass word"}));
    EXPECT_EQ(must(kv->get("a")).value, "1");
    EXPECT_THAT(
        text(store::open(url("ann:wrong@", "ann"))),
        HasSubstr("permission-denied: " + cluster_.endpoint(0) + ": wrong user or password"));
    EXPECT_THAT(text(store::open(url("bob:wrong@", "ann"))), HasSubstr("permission-denied"));
    EXPECT_THAT(text(store::open(url("", "ann"))),
                HasSubstr("the server wants a user and a password"));
}

TEST_F(EtcdUsers, WhatIsNotPermittedIsDenied) {
    const auto kv = connect(url("ann:pass%20word@", "bob"));
    EXPECT_EQ(failure(kv->put("a", "1")), "permission-denied");
    EXPECT_EQ(failure(kv->get("a")), "permission-denied");
    EXPECT_EQ(failure(kv->remove_tree("")), "permission-denied");
    EXPECT_EQ(failure(kv->atomic_put("a", "1", std::nullopt)), "permission-denied");
    EXPECT_EQ(failure(kv->watch("a")), "permission-denied");
    const auto watch = must(kv->watch("a", {.after_index = 1}));
    EXPECT_EQ(failure(watch->next({}, patience)), "permission-denied");
}

TEST_F(EtcdUsers, AnInvalidTokenIsReplaced) {
    const auto kv = connect(url("ann:pass%20word@", "ann"));
    must(kv->put("a", "1"));
    const auto watch = must(kv->watch("a"));
    EXPECT_EQ(next(*watch), "put a=1");
    EXPECT_EQ(next(*watch), "caught up");
    std::this_thread::sleep_for(Ms(2'500)); // longer than a token lives
    must(kv->put("a", "2"));
    EXPECT_EQ(next(*watch), "put a=2");
    // A server that was started again knows no tokens at all.
    cluster_.kill(0);
    cluster_.start(0);
    cluster_.wait_healthy(0);
    EXPECT_EQ(must(kv->get("a")).value, "2");
    must(kv->put("a", "3"));
    EXPECT_EQ(next(*watch), "put a=3");
}

TEST_F(EtcdUsers, AUserIsNotAskedForWhereThereAreNone) {
    const EtcdCluster open_to_all;
    const auto kv = connect(fmt::format("etcd://ann:x@{}/ann", open_to_all.endpoints()));
    must(kv->put("a", "1"));
}

} // namespace
} // namespace rebolt::test
