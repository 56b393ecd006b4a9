#include <rebolt/containerd/metadata.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include "containerd/go_values.hpp"

namespace rebolt::containerd {
namespace {

Metadata metadata_of(const std::string& path) {
    auto metadata = load_metadata(*PageSource::open(REBOLT_TEST_DATA + path));
    EXPECT_TRUE(metadata) << metadata.error().to_text();
    return std::move(*metadata);
}

const std::string root = "/roots/containerd-2.1/io.containerd.metadata.v1.bolt/meta.db";

// What ctr 2.1.9 lists, of the same file.
TEST(ContainerdMetadata, IsWhatContainerdShows) {
    const Metadata metadata = metadata_of(root);
    EXPECT_TRUE(metadata.is_whole);
    EXPECT_EQ(metadata.version, 4);
    ASSERT_EQ(metadata.images.size(), 2U);
    EXPECT_EQ(metadata.images[1].name, "registry.example/two:1");
    EXPECT_EQ(metadata.images[1].name_space, "default");
    EXPECT_EQ(metadata.images[1].digest,
              "sha256:46535e40cb93a300af868a87d25337b31d51391efbd169b8d094a2123f5b1ca6");
    EXPECT_EQ(metadata.images[1].media_type, "application/vnd.oci.image.manifest.v1+json");
    EXPECT_EQ(metadata.images[1].bytes, 572);
    EXPECT_EQ(metadata.images[1].created.substr(0, 4), "2026");
    ASSERT_EQ(metadata.contents.size(), 6U);
    EXPECT_EQ(metadata.contents[2].bytes, 10240);
    EXPECT_EQ(metadata.contents[0].labels.at("containerd.io/gc.ref.content.config").substr(0, 15),
              "sha256:a4cb1c1b");
    ASSERT_EQ(metadata.snapshots.size(), 3U);
    EXPECT_EQ(metadata.snapshots[2].key, "sleeper");
    EXPECT_EQ(metadata.snapshots[2].snapshotter, "native");
    EXPECT_EQ(metadata.snapshots[2].parent, metadata.snapshots[0].key);
    ASSERT_EQ(metadata.containers.size(), 1U);
    EXPECT_EQ(metadata.containers[0].id, "sleeper");
    EXPECT_EQ(metadata.containers[0].runtime, "io.containerd.runc.v2");
    EXPECT_EQ(metadata.containers[0].snapshot_key, "sleeper");
    EXPECT_EQ(metadata.leases.size(), 1U);
}

TEST(ContainerdMetadata, OfDockersOwnContainerdHasItsContainers) {
    const Metadata metadata = metadata_of("/real/containerd-1.6-meta.db");
    EXPECT_TRUE(metadata.is_whole);
    EXPECT_EQ(metadata.version, 3);
    EXPECT_EQ(metadata.containers.size(), 12U);
    EXPECT_EQ(metadata.containers[0].name_space, "moby");
    EXPECT_TRUE(metadata.images.empty());
}

TEST(ContainerdMetadata, OfAnotherFileIsRefused) {
    const auto metadata =
        load_metadata(*PageSource::open(REBOLT_TEST_DATA "/real/docker-20.10-stopped.db"));
    ASSERT_FALSE(metadata);
    EXPECT_EQ(metadata.error().code(), ErrorCode::bucket_not_found);
}

TEST(ContainerdMetadata, HasAPlaceBelowARoot) {
    EXPECT_EQ(metadata_path("/c"), "/c/io.containerd.metadata.v1.bolt/meta.db");
    EXPECT_EQ(root_of("/c/io.containerd.metadata.v1.bolt/meta.db"), "/c");
    EXPECT_EQ(root_of("/c/meta.db"), "");
    EXPECT_EQ(root_of("meta.db"), "");
}

TEST(ContainerdGoValues, AreRead) {
    EXPECT_EQ(read_signed("\x06"), 3);
    EXPECT_EQ(read_signed("\x05"), -3);
    EXPECT_EQ(read_signed("\xff"), std::nullopt);
    EXPECT_EQ(read_time("short"), "");
    const std::string_view time("\x01\0\0\0\x0e\xe1\x94\x87\xc9\0\0\0\0\xff\xff", 15);
    const std::string text = read_time(time);
    EXPECT_EQ(text.size(), 20U);
    const auto seconds = seconds_of(text);
    ASSERT_TRUE(seconds);
    EXPECT_EQ(seconds->time_since_epoch().count() + 62'135'596'800, 0xee19487c9);
    EXPECT_EQ(seconds_of(""), std::nullopt);
}

} // namespace
} // namespace rebolt::containerd
