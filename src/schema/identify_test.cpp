#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include <rebolt/schema.hpp>

#include "schema/libkv_value.hpp"
#include "schema/owners.hpp"
#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

// A sample made by hand: buckets are named by what is put into them.
class Sample {
public:
    Sample& bucket(const Path& path) {
        for (std::size_t depth = 0; depth < path.size(); ++depth)
            if (known_.insert(Path(path.begin(), path.begin() + depth + 1)).second)
                sample_.entries.push_back({.bucket = Path(path.begin(), path.begin() + depth),
                                           .key = path[depth],
                                           .value = {},
                                           .is_bucket = true});
        return *this;
    }
    Sample& value(const Path& path, std::string_view key, std::string_view value) {
        bucket(path);
        sample_.entries.push_back(
            {.bucket = path, .key = std::string(key), .value = std::string(value)});
        return *this;
    }
    Sample& orphan(const Path& path, std::string_view key, std::string_view value) {
        sample_.entries.push_back({.bucket = path,
                                   .key = std::string(key),
                                   .value = std::string(value),
                                   .is_placed = false});
        return *this;
    }
    [[nodiscard]] Owner owner() const { return identify(sample_); }

private:
    ContentSample sample_;
    std::set<Path> known_;
};

constexpr std::string_view network_key = "docker/network/v1.0/network/abc/";
constexpr std::string_view volume =
    R"({"Name":"v1","Driver":"local","Labels":null,"Options":null})";
constexpr std::string_view revision{"\0\0\0\0\0\0\0\2_\0\0\0\0\0\0\0\0", 17};
constexpr std::string_view key_value{"\x0a\x01k\x10\x02\x18\x02\x20\x01\x2a\x01v", 12};

std::string network() {
    return make_libkv_value({.index = 7, .payload = R"({"id":"abc"})"});
}

TEST(Identify, KnowsDockersNetworkStateByKeysAndValues) {
    EXPECT_EQ(Sample().value({"libnetwork"}, network_key, network()).owner(),
              Owner::docker_network);
}

TEST(Identify, TakesNoBucketsNameForAProof) {
    EXPECT_EQ(Sample().bucket({"libnetwork"}).owner(), Owner::unknown);
    EXPECT_EQ(Sample().bucket({"volumes"}).owner(), Owner::unknown);
    EXPECT_EQ(Sample().bucket({"v1"}).owner(), Owner::unknown);
    EXPECT_EQ(Sample().bucket({"key"}).bucket({"meta"}).bucket({"lease"}).owner(), Owner::unknown);
    EXPECT_EQ(Sample().value({"libnetwork"}, "node-1", "10.0.0.1").owner(), Owner::unknown);
    EXPECT_EQ(Sample().value({"volumes"}, "1", "Dune, part one").owner(), Owner::unknown);
    EXPECT_EQ(Sample().value({"volumes"}, "1", R"({"Name":"Dune","Pages":612})").owner(),
              Owner::unknown);
}

TEST(Identify, KnowsDockersVolumes) {
    EXPECT_EQ(Sample().value({"volumes"}, "v1", volume).owner(), Owner::docker_volumes);
    EXPECT_EQ(Sample().value({"volumes"}, "v1", volume).bucket({"nodes"}).owner(), Owner::unknown);
}

TEST(Identify, KnowsAnOwnerWhoseValuesArePartlyTorn) {
    Sample sample;
    sample.value({"libnetwork"}, network_key, network());
    sample.value({"libnetwork"}, "docker/network/v1.0/network/abd/", network().substr(0, 12));
    sample.value({"libnetwork"}, "docker/network/v1.0/network/abe/", bytes("\0\0\0\0\0\0\0\0"));
    EXPECT_EQ(sample.owner(), Owner::docker_network);
}

TEST(Identify, DoesNotKnowAFileOfWhichMostIsOfAnotherForm) {
    Sample sample;
    sample.value({"libnetwork"}, network_key, network());
    sample.value({"libnetwork"}, "a", "x").value({"libnetwork"}, "b", "y");
    EXPECT_EQ(sample.owner(), Owner::unknown);
}

TEST(Identify, KnowsEtcd) {
    Sample sample;
    sample.bucket({"lease"}).value({"key"}, revision, key_value);
    EXPECT_EQ(sample.owner(), Owner::unknown) << "no bucket `meta`";
    sample.value({"meta"}, "consistent_index", "12345678");
    EXPECT_EQ(sample.owner(), Owner::etcd);
}

TEST(Identify, KnowsContainerdAndNotTheSwarmAgentsFileThatHasV1Too) {
    EXPECT_EQ(Sample().bucket({"v1", "moby", "images"}).owner(), Owner::containerd);
    EXPECT_EQ(Sample().bucket({"v1", "moby", "images"}).bucket({"k8s.io"}).owner(),
              Owner::containerd);
    EXPECT_EQ(Sample().bucket({"v1", "moby", "images"}).bucket({"v2"}).owner(), Owner::unknown);
    const std::string task = "x2jkc0c5i6zwx2jkc0c5i6zwa";
    EXPECT_EQ(Sample().value({"v1", "tasks", task}, "data", "\x0a\x19" + task).owner(),
              Owner::swarm_tasks);
    EXPECT_EQ(Sample().bucket({"v1", "tasks"}).owner(), Owner::swarm_tasks);
    EXPECT_EQ(Sample().bucket({"v1", "tasks", "images"}).owner(), Owner::containerd);
    EXPECT_EQ(Sample().value({"v1", "snapshots", "sha256:00"}, "id", "\x07").owner(),
              Owner::containerd);
}

TEST(Identify, KnowsBuildkit) {
    EXPECT_EQ(Sample().value({"_main", "abc"}, "snapshot", R"({"value":"x"})").owner(),
              Owner::buildkit);
    EXPECT_EQ(Sample().value({"_main", "abc"}, "x", "{}").bucket({"other"}).owner(),
              Owner::unknown);
    EXPECT_EQ(Sample().bucket({"_links"}).value({"_byresult", "a"}, "b", "").owner(),
              Owner::buildkit);
}

TEST(Identify, KnowsFilesThatLostTheirTopLevelByFormsThatNobodyElseHas) {
    EXPECT_EQ(Sample().orphan({}, network_key, network()).owner(), Owner::docker_network);
    EXPECT_EQ(Sample().orphan({}, revision, key_value).owner(), Owner::etcd);
    EXPECT_EQ(Sample()
                  .orphan({"web"}, "createdat", "x")
                  .orphan({"web"}, "image", "x")
                  .orphan({"web"}, "snapshotKey", "x")
                  .orphan({"web"}, "snapshotter", "x")
                  .owner(),
              Owner::containerd);
}

// An id of 8 bytes before a protobuf with the same id, or of 16 hex digits before
// JSON, is a common idiom: Cayley's and InfluxDB's records are not etcd's.
TEST(Identify, TakesNoCommonFormForEtcds) {
    EXPECT_EQ(Sample().orphan({}, bytes("\0\0\0\0\0\0\0\1"), "\x08\x01").owner(), Owner::unknown);
    EXPECT_EQ(Sample().orphan({}, "0000000000000001", R"({"id":"0000000000000001"})").owner(),
              Owner::unknown);
    EXPECT_EQ(Sample().bucket({"migrationsv1"}).orphan({}, revision, key_value).owner(),
              Owner::unknown)
        << "the names of the top level are known, and others'";
}

TEST(Identify, RulesOfAnOwnerSpeakForItsFilesOnly) {
    EXPECT_TRUE(home_of_key(Owner::etcd, revision, key_value));
    EXPECT_FALSE(home_of_key(Owner::unknown, revision, key_value));
    EXPECT_FALSE(home_of_key(Owner::docker_network, revision, key_value));
    EXPECT_TRUE(age_of(Owner::etcd, Path{"key"}, revision, key_value));
    EXPECT_FALSE(age_of(Owner::unknown, Path{"key"}, revision, key_value));
    EXPECT_TRUE(known_owner_rules());
    EXPECT_FALSE(OwnerRules{});
}

TEST(Identify, NamesEachOwnerDifferently) {
    std::set<std::string_view> names{name_of(Owner::unknown)};
    for (const KnownOwner* known : known_owners()) {
        names.insert(known->name);
        EXPECT_EQ(name_of(known->owner), known->name);
    }
    EXPECT_EQ(names.size(), known_owners().size() + 1);
    EXPECT_EQ(known_owners().size(), static_cast<std::size_t>(Owner::trivy));
    EXPECT_EQ(name_of(Owner::docker_network), "docker-network");
}

} // namespace
} // namespace rebolt::schema
