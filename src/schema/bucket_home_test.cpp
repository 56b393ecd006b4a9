#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/schema.hpp>

namespace rebolt::schema {
namespace {

using testing::ElementsAre;
using testing::Optional;
using Names = std::vector<std::string_view>;

constexpr std::string_view digest =
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

TEST(BucketHome, KnowsContainerdsObjectsByWhatIsInThem) {
    EXPECT_THAT(home_of_bucket(
                    Owner::containerd, "web",
                    Names{"createdat", "image", "snapshotKey", "snapshotter", "spec", "updatedat"},
                    Names{"labels", "runtime"}),
                Optional(ElementsAre("v1", "*", "containers")));
    EXPECT_THAT(home_of_bucket(Owner::containerd, "docker.io/library/box:1",
                               Names{"createdat", "updatedat"}, Names{"target"}),
                Optional(ElementsAre("v1", "*", "images")));
    EXPECT_THAT(home_of_bucket(Owner::containerd, digest, Names{"createdat", "size", "updatedat"},
                               Names{"labels"}),
                Optional(ElementsAre("v1", "*", "content", "blob")));
    EXPECT_THAT(home_of_bucket(Owner::containerd, digest,
                               Names{"createdat", "name", "parent", "updatedat"},
                               Names{"children"}),
                Optional(ElementsAre("v1", "*", "snapshots", "*")));
    EXPECT_THAT(home_of_bucket(Owner::containerd, "lease-1", Names{"createdat"},
                               Names{"content", "labels"}),
                Optional(ElementsAre("v1", "*", "leases")));
}

TEST(BucketHome, KnowsASnapshottersOwnFile) {
    EXPECT_THAT(home_of_bucket(Owner::containerd, digest,
                               Names{"createdat", "id", "inodes", "kind", "size"}, {}),
                Optional(ElementsAre("v1", "snapshots")));
}

TEST(BucketHome, SaysNothingWhereNothingTells) {
    EXPECT_EQ(
        home_of_bucket(Owner::containerd, "moby", {}, Names{"containers", "images", "target"}),
        std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::containerd, "labels",
                             Names{"image", "snapshotKey", "snapshotter"}, {}),
              std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::containerd, "not-a-digest", Names{"createdat", "size"}, {}),
              std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::containerd, "x", Names{"createdat", "colour"}, {}),
              std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::containerd, "x", Names{"createdat"}, Names{"extensions"}),
              std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::containerd, "x", {}, {}), std::nullopt);
}

TEST(BucketHome, SpeaksForContainerdsFilesOnly) {
    const Names lease{"createdat"};
    EXPECT_EQ(home_of_bucket(Owner::unknown, "lease-1", lease, {}), std::nullopt);
    EXPECT_EQ(home_of_bucket(Owner::etcd, "lease-1", lease, {}), std::nullopt);
}

} // namespace
} // namespace rebolt::schema
