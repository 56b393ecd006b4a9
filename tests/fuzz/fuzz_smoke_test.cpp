// The corpus, and the real and damaged files, through every harness.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness.hpp"

namespace rebolt::fuzz {
namespace {

namespace fs = std::filesystem;

std::size_t run_folder(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path().filename().string());
        std::ifstream file(entry.path(), std::ios::binary);
        std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
        for (int sealed = 0; sealed < 2; ++sealed) {
            open_file(bytes);
            walk_cursors(bytes);
            check_file(bytes);
            recover_file(bytes);
            recover_stages(bytes);
            seal_metas(bytes);
        }
        ++count;
    }
    return count;
}

TEST(FuzzSmoke, TheCorpusRunsThroughEveryHarness) {
    EXPECT_GE(run_folder(fs::path(REBOLT_SOURCE_DIR) / "tests/fuzz/corpus"), 8U);
}

TEST(FuzzSmoke, RealAndDamagedFilesRunThroughEveryHarness) {
    EXPECT_EQ(run_folder(fs::path(REBOLT_TEST_DATA) / "real"), 9U);
    EXPECT_EQ(run_folder(fs::path(REBOLT_TEST_DATA) / "damaged"), 17U);
}

} // namespace
} // namespace rebolt::fuzz
