#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;

const std::string root = REBOLT_TEST_DATA "/roots/containerd-2.1";
const std::string metadata = root + "/io.containerd.metadata.v1.bolt/meta.db";

TEST(ContainerdImages, AreListed) {
    const auto result = rebolt({"containerd", "images", "--root", root});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("default     registry.example/two:1   sha256:46535e40"),
              std::string::npos)
        << result.out;
    const auto json =
        nlohmann::json::parse(rebolt({"containerd", "images", "--json", metadata}).out);
    EXPECT_EQ(json["shape"], "rebolt.containerd-images/1");
    EXPECT_EQ(json["images"].size(), 2U);
    EXPECT_EQ(json["version"], 4);
}

TEST(ContainerdLists, AreThere) {
    EXPECT_NE(rebolt({"containerd", "containers", metadata}).out.find("native/sleeper"),
              std::string::npos);
    EXPECT_NE(rebolt({"containerd", "snapshots", metadata}).out.find("sleeper"), std::string::npos);
    EXPECT_EQ(rebolt({"containerd", "leases", metadata}).exit_code, 0);
    EXPECT_EQ(rebolt({"containerd", "images", real_file("etcd-3.4.db")}).exit_code, 8);
    EXPECT_EQ(rebolt({"containerd", "sorts"}).exit_code, 16);
}

TEST(ContainerdFsckCommand, OfASoundRootIsFine) {
    const std::string before = test::bytes_of(metadata);
    const auto result = rebolt({"containerd", "fsck", "--root", root});
    EXPECT_EQ(result.exit_code, 0) << result.out;
    EXPECT_NE(result.out.find("all 13 records are consistent"), std::string::npos) << result.out;
    EXPECT_NE(rebolt({"containerd", "fsck", metadata}).out.find("Compared with 6 blobs"),
              std::string::npos);
    EXPECT_TRUE(test::bytes_of(metadata) == before);
}

TEST(ContainerdFsckCommand, AnEmptyFileOverBlobsIsDamage) {
    const test::TemporaryFolder folder;
    fs::copy(root, folder.path("c"), fs::copy_options::recursive);
    fs::resize_file(folder.path("c/io.containerd.metadata.v1.bolt/meta.db"), 0);
    const auto result = rebolt({"containerd", "fsck", "--root", folder.path("c")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.out.find("damage metadata-behind: meta.db lists no content, and 6 blobs"),
              std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("Do not start containerd on this file"), std::string::npos);
}

} // namespace
} // namespace rebolt::cli
