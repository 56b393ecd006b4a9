#include <rebolt/file_map.hpp>

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "support/file_builder.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

std::uint64_t count_of(const MappedState& state, PageUse use) {
    return static_cast<std::uint64_t>(std::ranges::count(state.pages, use, &MappedPage::use));
}

TEST(FileMap, EveryPageHasItsUseInEachState) {
    const test::TemporaryFolder folder;
    const auto bucket = [](std::uint64_t root) { return test::FileBuilder::bucket(root); };
    test::FileBuilder(4096)
        .leaf(3, {{"fruit", bucket(4), 1}})
        .branch(4, {{"apple", 5}, {"pear", 6}})
        .leaf(5, {{"apple", std::string(5000, 'a')}})
        .leaf(7, {{"pear", "green"}})
        .leaf(8, {{"fruit", test::FileBuilder::inline_bucket({{"fig", "1"}}), 1}})
        .freelist(9, {8})
        .freelist(2, {8, 9})
        .transaction(8)
        .previous(8, 9)
        .write_to(folder.path("a.db"));
    const auto source = PageSource::open(folder.path("a.db"));
    const auto map = map_file(*source);
    ASSERT_TRUE(map);
    ASSERT_EQ(map->states.size(), 2U);
    const MappedState& state = map->states[0];
    const auto use = [&](std::uint64_t page) { return name_of(state.pages[page].use); };
    EXPECT_EQ(state.meta.txid, 8U);
    EXPECT_EQ(use(1), "meta");
    EXPECT_EQ(use(2), "freelist");
    EXPECT_EQ(use(3), "leaf");
    EXPECT_EQ(use(4), "branch");
    EXPECT_EQ(use(5), "leaf");
    EXPECT_EQ(use(6), "wrong"); // the branch leads to it, and it is page 5's overflow
    EXPECT_EQ(use(7), "lost");
    EXPECT_EQ(use(8), "free");
    EXPECT_EQ(state.pages[5].parent, PageId{4});
    EXPECT_EQ(state.pages[4].bucket, 1U);
    EXPECT_EQ(state.buckets.at(1).name, "fruit");
    EXPECT_EQ(map->states[1].pages[8].use, PageUse::leaf);
    EXPECT_TRUE(map->pages[8].is_sound);
    EXPECT_EQ(map->pages[4].type, format::PageType::branch);
    EXPECT_GT(map->pages[4].fill_percent, 0);
    EXPECT_LT(map->pages[4].fill_percent, 5);
    EXPECT_EQ(map->report.verdict, Verdict::damaged);
}

// What the checker counts, the map counts too, where nothing is wrong.
TEST(FileMap, CountsAsTheCheckerDoes) {
    for (const auto& entry : std::filesystem::directory_iterator(REBOLT_TEST_DATA "/real")) {
        const auto source = PageSource::open(entry.path());
        const auto map = map_file(*source);
        ASSERT_TRUE(map) << entry.path();
        const PageCounts& counts = map->report.pages;
        const MappedState& state = map->states.at(0);
        EXPECT_EQ(count_of(state, PageUse::branch), counts.branch) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::leaf), counts.leaf) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::overflow), counts.overflow) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::free), counts.free) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::freelist), counts.freelist) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::lost), counts.leaked) << entry.path();
        EXPECT_EQ(count_of(state, PageUse::wrong), 0U) << entry.path();
    }
}

TEST(FileMap, EndsOnEveryDamagedFile) {
    for (const char* folder : {"damaged", "field"})
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(REBOLT_TEST_DATA "/") + folder))
            if (entry.path().extension() == ".db") {
                const auto source = PageSource::open(entry.path());
                const auto map = map_file(*source);
                ASSERT_TRUE(map) << entry.path();
                EXPECT_EQ(map->pages.size(), source->page_count()) << entry.path();
            }
}

} // namespace
} // namespace rebolt
