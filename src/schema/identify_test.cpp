#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include <rebolt/schema.hpp>

namespace rebolt::schema {
namespace {

using Names = std::vector<std::string>;

TEST(Identify, KnowsTheRealFiles) {
    EXPECT_EQ(identify(Names{"libnetwork"}), Owner::docker_network);
    EXPECT_EQ(identify(Names{"volumes"}), Owner::docker_volumes);
    EXPECT_EQ(identify(Names{"v1"}), Owner::containerd);
    EXPECT_EQ(identify(Names{"_backlinks", "_byresult", "_links", "_result"}), Owner::buildkit);
    EXPECT_EQ(identify(Names{"alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease",
                             "members", "members_removed", "meta"}),
              Owner::etcd);
}

TEST(Identify, KnowsBuildkitsMetadataWithAndWithoutIndex) {
    EXPECT_EQ(identify(Names{"_main"}), Owner::buildkit);
    EXPECT_EQ(identify(Names{"_index", "_main"}), Owner::buildkit);
    EXPECT_EQ(identify(Names{"_external", "_index", "_main"}), Owner::buildkit);
}

TEST(Identify, KnowsContainerd17ThatKeptSandboxesBesideV1) {
    EXPECT_EQ(identify(Names{"k8s.io", "v1"}), Owner::containerd);
}

TEST(Identify, DoesNotKnowOthers) {
    EXPECT_EQ(identify(Names{}), Owner::unknown);
    EXPECT_EQ(identify(Names{"logs", "conf"}), Owner::unknown); // raft-boltdb
    EXPECT_EQ(identify(Names{"v1", "v2"}), Owner::unknown);
    EXPECT_EQ(identify(Names{"volumes", "nodes"}), Owner::unknown);
    EXPECT_EQ(identify(Names{"key", "meta"}), Owner::unknown);
    EXPECT_EQ(identify(Names{"_main", "other"}), Owner::unknown);
    EXPECT_EQ(identify(Names{"Libnetwork"}), Owner::unknown);
}

TEST(Identify, NamesEachOwnerDifferently) {
    std::set<std::string_view> names;
    for (const Owner owner : {Owner::unknown, Owner::docker_network, Owner::docker_volumes,
                              Owner::containerd, Owner::buildkit, Owner::etcd})
        names.insert(name_of(owner));
    EXPECT_EQ(names.size(), 6U);
    EXPECT_EQ(name_of(Owner::docker_network), "docker-network");
}

} // namespace
} // namespace rebolt::schema
