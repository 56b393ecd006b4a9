// Any bytes: the walk of the start and the loader end, and the file's records
// never make them crash.
#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/startup.hpp>

#include "support/patched_file.hpp"

namespace rebolt::docker {
namespace {

// Small numbers in headers and elements lead to other pages; others to nowhere.
void damage(test::PatchedFile& file, std::mt19937_64& random) {
    const std::uint64_t pages = file.bytes().size() / 4096;
    const int changes = static_cast<int>(random() % 6) + 1;
    for (int i = 0; i < changes; ++i) {
        const std::uint64_t page = (2 + random() % (pages - 2)) * 4096;
        switch (random() % 4) {
        case 0: // a child or a position
            file.put<std::uint32_t>(page + 16 + random() % 64 * 8,
                                    static_cast<std::uint32_t>(random() % pages));
            break;
        case 1: // flags and count
            file.put<std::uint16_t>(page + 8 + random() % 2 * 2,
                                    static_cast<std::uint16_t>(random() % 64));
            break;
        case 2: // any byte
            file.put<std::uint8_t>(page + random() % 4096, static_cast<std::uint8_t>(random()));
            break;
        default: // eight of them
            file.put<std::uint64_t>(page + random() % 4088, random());
        }
    }
}

TEST(DockerHostile, StartAndFsckEndOnAnyBytes) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        test::PatchedFile file(REBOLT_TEST_DATA "/real/docker-20.10-running.db");
        damage(file, random);
        const auto source = PageSource::open(file.path());
        ASSERT_TRUE(source);
        const auto report = walk_startup(*source);
        ASSERT_TRUE(report) << report.error().to_text();
        EXPECT_EQ(report->fate.has_value(), !report->last_words.empty());
        const auto state = load_network_state(*source);
        if (state) {
            EXPECT_LE(fsck(*state).findings.size(), 10000U);
        }
    }
}

// Branches of one element, each leading to the next: the search for a page among those
// above it must not look at all of them, for each, in each listing.
TEST(DockerHostile, AChainOfPagesIsFollowedInOnePass) {
    constexpr std::uint32_t page_bytes = 512;
    constexpr std::uint64_t links = 10'000;
    constexpr std::uint64_t first = 3;
    std::vector<std::byte> bytes((first + links + 1) * page_bytes);
    test::PatchedFile file(std::move(bytes));
    for (const std::uint64_t meta : {0U, 1U}) {
        const std::uint64_t at = meta * page_bytes;
        file.put<std::uint64_t>(at, meta).put<std::uint16_t>(at + 8, 4);
        file.put<std::uint32_t>(at + 16, 0xED0CDAED).put<std::uint32_t>(at + 20, 2);
        file.put<std::uint32_t>(at + 24, page_bytes).put<std::uint64_t>(at + 32, 2);
        file.put<std::uint64_t>(at + 48, ~std::uint64_t{0}); // no freelist is stored
        file.put<std::uint64_t>(at + 56, first + links + 1).put<std::uint64_t>(at + 64, meta);
        file.seal_meta(meta, page_bytes);
    }
    constexpr std::string_view name = "libnetwork";
    constexpr std::uint32_t name_bytes = 10;
    const std::uint64_t root = 2 * page_bytes;
    file.put<std::uint64_t>(root, 2).put<std::uint16_t>(root + 8, 2);
    file.put<std::uint16_t>(root + 10, 1).put<std::uint32_t>(root + 16, 1);
    file.put<std::uint32_t>(root + 20, 16).put<std::uint32_t>(root + 24, name_bytes);
    file.put<std::uint32_t>(root + 28, 16);
    for (std::size_t i = 0; i < name.size(); ++i)
        file.put<char>(root + 32 + i, name[i]);
    file.put<std::uint64_t>(root + 32 + name.size(), first);
    for (std::uint64_t page = first; page < first + links; ++page) {
        const std::uint64_t at = page * page_bytes;
        file.put<std::uint64_t>(at, page).put<std::uint16_t>(at + 8, 1);
        file.put<std::uint16_t>(at + 10, 1).put<std::uint32_t>(at + 16, 16);
        file.put<std::uint32_t>(at + 20, 1).put<std::uint64_t>(at + 24, page + 1);
        file.put<char>(at + 32, 'a');
    }
    const std::uint64_t leaf = (first + links) * page_bytes;
    file.put<std::uint64_t>(leaf, first + links).put<std::uint16_t>(leaf + 8, 2);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    const auto report = walk_startup(*source);
    ASSERT_TRUE(report) << report.error().to_text();
    std::uint64_t most = 0;
    for (const StartupStep& step : report->steps)
        most = std::max(most, step.pages);
    EXPECT_GE(most, links);
}

} // namespace
} // namespace rebolt::docker
