// recover on a disk that is full: an error, nothing under the new name, and
// nothing left behind.
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "recovered.hpp"
#include "shape_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

// A tmpfs of so many bytes, for whoever may mount one.
class SmallDisk {
public:
    explicit SmallDisk(std::uint64_t bytes)
        : is_mounted_(::mount("tmpfs", folder_.path("").c_str(), "tmpfs", 0,
                              fmt::format("size={}", bytes).c_str()) == 0) {}
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (is_mounted_)
            ::umount2(folder_.path("").c_str(), MNT_DETACH);
    }

    [[nodiscard]] bool is_mounted() const noexcept { return is_mounted_; }
    [[nodiscard]] std::string path(const char* name) const { return folder_.path(name); }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_.path("")), fs::directory_iterator()));
    }

private:
    TemporaryFolder folder_;
    bool is_mounted_;
};

const std::string source = std::string(REBOLT_TEST_DATA) + "/damaged/etcd-zero-leaf.db";

// What a recovery to a disk of so many bytes ends with.
std::string recover_to(const SmallDisk& disk) {
    const auto pages = PageSource::open(source);
    auto recovery = Recovery::begin(*pages, disk.path("whole.db"), recover_options());
    if (!recovery)
        return recovery.error().to_text();
    const auto done = recovery->run();
    return done ? "" : done.error().to_text();
}

TEST(RecoverToAFullDisk, LeavesNothingBehindAndSaysWhy) {
    const std::string before = bytes_of(source);
    std::size_t refused = 0;
    for (std::uint64_t size = 4096; size < 1'000'000; size += size / 3 + 4096) {
        SCOPED_TRACE(size);
        const SmallDisk disk(size);
        if (!disk.is_mounted())
            GTEST_SKIP() << "only root may mount a tmpfs";
        const std::string error = recover_to(disk);
        refused += error.empty() ? 0 : 1;
        EXPECT_TRUE(error.empty() || error.find("No space left") != std::string::npos) << error;
        EXPECT_EQ(disk.files(), error.empty() ? 1U : 0U);
    }
    EXPECT_GT(refused, 5U);
    EXPECT_TRUE(bytes_of(source) == before);
}

TEST(RecoverToAFullDisk, LeavesTheFileThatStoodThere) {
    const SmallDisk disk(64UL << 10);
    if (!disk.is_mounted())
        GTEST_SKIP() << "only root may mount a tmpfs";
    std::ofstream(disk.path("whole.db")) << "what stood there";
    EXPECT_NE(recover_to(disk), "");
    EXPECT_EQ(bytes_of(disk.path("whole.db")), "what stood there");
    EXPECT_EQ(disk.files(), 1U);
}

} // namespace
} // namespace rebolt::test
