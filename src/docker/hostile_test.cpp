// Any bytes: the walk of the start and the loader end, and the file's records
// never make them crash.
#include <random>

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

} // namespace
} // namespace rebolt::docker
