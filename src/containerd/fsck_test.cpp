#include <rebolt/containerd/fsck.hpp>

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace rebolt::containerd {
namespace {

const std::string root = REBOLT_TEST_DATA "/roots/containerd-2.1";

Metadata real_metadata() {
    auto metadata = load_metadata(*PageSource::open(metadata_path(root)));
    EXPECT_TRUE(metadata);
    return std::move(*metadata);
}
std::vector<Blob> real_blobs() {
    auto blobs = list_blobs(root);
    EXPECT_TRUE(blobs);
    return std::move(*blobs);
}

using Codes = std::vector<std::string>;
Codes codes(const FsckReport& report) {
    Codes names;
    for (const FsckFinding& finding : report.findings)
        names.emplace_back(text_of(finding.code).name);
    return names;
}

TEST(ContainerdFsck, ARealRootIsConsistent) {
    EXPECT_EQ(codes(fsck(real_metadata(), real_blobs())), Codes{});
}

TEST(ContainerdFsck, AnEmptyMetaIsBehindItsBlobs) {
    const FsckReport report = fsck(Metadata{}, real_blobs());
    ASSERT_EQ(report.findings.size(), 7U);
    EXPECT_EQ(codes(report)[0], "metadata-behind");
    EXPECT_EQ(report.findings[0].message,
              "meta.db lists no content, and 6 blobs (21888 bytes) are there");
    EXPECT_EQ(report.damage_count, 1U);
    EXPECT_EQ(report.unlisted_blobs, 6U);
    EXPECT_EQ(codes(fsck(Metadata{}, {})), Codes{});
}

// One of its images was pulled after the moment that meta.db is of.
TEST(ContainerdFsck, AnOlderMetaIsBehindItsBlobs) {
    const Metadata metadata = real_metadata();
    std::vector<Blob> blobs = real_blobs();
    const Blob newer{.digest = "sha256:" + std::string(64, 'f'),
                     .bytes = 10,
                     .written = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};
    blobs.push_back(newer);
    EXPECT_EQ(codes(fsck(metadata, blobs)), (Codes{"metadata-behind", "blob-unlisted"}));
    blobs.back().written =
        std::chrono::sys_days{std::chrono::year{2001} / 1 / 1}; // removed, and not collected yet
    EXPECT_EQ(codes(fsck(metadata, blobs)), Codes{"blob-unlisted"});
    EXPECT_EQ(fsck(metadata, blobs).damage_count, 0U);
}

TEST(ContainerdFsck, WhatIsListedMustBeThere) {
    const Metadata metadata = real_metadata();
    std::vector<Blob> blobs = real_blobs();
    blobs[0].bytes += 1;
    blobs.erase(blobs.begin() + 1);
    EXPECT_EQ(codes(fsck(metadata, blobs)),
              (Codes{"content-without-blob", "content-size-differs"}));
}

TEST(ContainerdFsck, RecordsMustFitTogether) {
    Metadata metadata = real_metadata();
    metadata.contents.clear();
    metadata.snapshots.erase(metadata.snapshots.begin());
    metadata.leases[0].contents = {"sha256:gone"};
    EXPECT_EQ(codes(fsck(metadata, {})),
              (Codes{"image-content-missing", "image-content-missing", "snapshot-parent-missing",
                     "lease-reference-missing"}));
    metadata = real_metadata();
    metadata.snapshots.pop_back();
    metadata.images.clear();
    EXPECT_EQ(codes(fsck(metadata, real_blobs())),
              (Codes{"container-snapshot-missing", "container-image-missing"}));
}

TEST(ContainerdContentStore, TellsWhatABlobIs) {
    std::vector<std::string> kinds;
    for (const Blob& blob : real_blobs())
        kinds.push_back(kind_of_blob(root, blob));
    EXPECT_EQ(std::ranges::count(kinds, "image manifest"), 2);
    EXPECT_EQ(std::ranges::count(kinds, "image configuration"), 2);
    EXPECT_EQ(std::ranges::count(kinds, ""), 2);
    const test::TemporaryFolder folder;
    EXPECT_EQ(list_blobs(folder.path(""))->size(), 0U);
}

} // namespace
} // namespace rebolt::containerd
