// The corpus, and the real and damaged files, through every harness.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness.hpp"

namespace rebolt::fuzz {
namespace {

namespace fs = std::filesystem;

using Harness = void (*)(Input);

const fs::path inputs = fs::path(REBOLT_SOURCE_DIR) / "tests/fuzz";

std::vector<std::uint8_t> bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {(std::istreambuf_iterator<char>(file)), {}};
}

std::size_t run_folder(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path().filename().string());
        std::vector<std::uint8_t> bytes = bytes_of(entry.path());
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
    EXPECT_GE(run_folder(inputs / "corpus"), 8U);
}

TEST(FuzzSmoke, TheCorpusRunsThroughTheHarnessesOfCommands) {
    for (const auto& entry : fs::directory_iterator(inputs / "corpus")) {
        SCOPED_TRACE(entry.path().filename().string());
        const std::vector<std::uint8_t> bytes = bytes_of(entry.path());
        for (const Harness harness : {recover_with_donors, repair_file, write_file, use_store,
                                      look_into_file, read_owners, carve_image})
            harness(bytes);
    }
}

TEST(FuzzSmoke, TextsRunThroughTheirHarnesses) {
    const std::vector<std::pair<const char*, Harness>> harnesses{{"records", read_records},
                                                                 {"log", read_log},
                                                                 {"texts", read_texts},
                                                                 {"settings", read_settings},
                                                                 {"member", read_member_files}};
    for (const auto& [folder, harness] : harnesses) {
        harness({});
        for (const auto& entry : fs::directory_iterator(inputs / "texts" / folder)) {
            SCOPED_TRACE(entry.path().string());
            harness(bytes_of(entry.path()));
        }
    }
}

TEST(FuzzSmoke, RealAndDamagedFilesRunThroughEveryHarness) {
    EXPECT_EQ(run_folder(fs::path(REBOLT_TEST_DATA) / "real"), 9U);
    EXPECT_EQ(run_folder(fs::path(REBOLT_TEST_DATA) / "damaged"), 17U);
}

} // namespace
} // namespace rebolt::fuzz
