// An empty or older meta.db over containerd's blobs, with a real root.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* listed_blob =
    "6dff2d63756326623b1d72b404589118cb431bf4e5e5b181daab3ebf5ceae35b";

class ContentGuard : public GuardFolder {
protected:
    ContentGuard() {
        fs::copy(REBOLT_TEST_DATA "/roots/containerd-2.1", root(), fs::copy_options::recursive);
    }
    [[nodiscard]] std::string root() const { return path("c"); }
    [[nodiscard]] std::string metadata() const {
        return root() + "/io.containerd.metadata.v1.bolt/meta.db";
    }
    GuardReport run() { return GuardFolder::run({.path = metadata()}); }
};

TEST_F(ContentGuard, LeavesASoundRootAlone) {
    const GuardReport report = run();
    EXPECT_EQ(name_of(report.outcome), "clean") << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_FALSE(fs::exists(root() + "/rebolt-kept-blobs"));
}

TEST_F(ContentGuard, AMissingFileDoesNotStartOverBlobs) {
    fs::remove(metadata());
    const GuardReport report = run();
    EXPECT_EQ(name_of(report.outcome), "refused");
    EXPECT_FALSE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("6 blobs (21888 bytes) of images are there"));
    fs::remove_all(root() + "/io.containerd.content.v1.content/blobs");
    EXPECT_TRUE(run().may_start);
}

TEST_F(ContentGuard, AnEmptyFileDoesNotStartOverBlobs) {
    fs::resize_file(metadata(), 0);
    EXPECT_FALSE(run().may_start);
}

// Pulled since the transaction that could be brought back.
TEST_F(ContentGuard, BlobsThatARecoveredFileDoesNotListAreKept) {
    const std::string blob(64, 'a');
    write_text(root() + "/io.containerd.content.v1.content/blobs/sha256/" + blob, "layer");
    std::fstream file(metadata(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(16 + 56); // the checksum of the first meta
    file.write("damaged!", 8);
    file.close();
    const GuardReport report = run();
    EXPECT_EQ(name_of(report.outcome), "recovered") << report.line;
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.line, HasSubstr("1 blob (5 bytes) are not listed in it"));
    EXPECT_THAT(report.line, HasSubstr("kept in " + root() + "/rebolt-kept-blobs"));
    fs::remove_all(root() + "/io.containerd.content.v1.content/blobs"); // the collector
    EXPECT_EQ(test::bytes_of(root() + "/rebolt-kept-blobs/sha256/" + blob), "layer");
    EXPECT_FALSE(fs::exists(root() + "/rebolt-kept-blobs/sha256/" + std::string(listed_blob)));
}

} // namespace
} // namespace rebolt::guard
