#include "cli/browser.hpp"

#include <algorithm>
#include <filesystem>

#include <rebolt/schema.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

std::string row_with(const BrowserList& list, const std::string& text) {
    for (std::uint64_t row = 0; row < list.rows; ++row)
        if (list.text(row).find(text) != std::string::npos)
            return list.text(row);
    return {};
}

TEST(Browser, OpensBucketsKeysAndValues) {
    const auto source = PageSource::open(real_file("docker-20.10-running.db"));
    const auto map = map_file(*source);
    const BrowserList top = browse_file(*source, *map);
    ASSERT_EQ(top.rows, 4U);
    EXPECT_EQ(top.text(0), "Buckets of transaction 99, the newest");
    const auto buckets = top.open(0);
    ASSERT_EQ(buckets->rows, 1U);
    EXPECT_EQ(buckets->text(0), "> libnetwork");
    const auto keys = buckets->open(0);
    EXPECT_EQ(keys->title, "bucket > libnetwork");
    EXPECT_EQ(keys->rows, 56U);
    EXPECT_TRUE(keys->text(0).starts_with("  docker/network/v1.0/bridge-endpoint/"));
    const auto value = keys->open(0);
    EXPECT_TRUE(value->text(0).starts_with("{\"Addr\":")) << value->text(0);
    EXPECT_FALSE(value->open(0));
}

TEST(Browser, ShowsPagesAndFindings) {
    const auto source = PageSource::open(damaged_file("docker-stale-leaf.db"));
    const auto map = map_file(*source);
    const BrowserList top = browse_file(*source, *map);
    const auto findings = top.open(3);
    ASSERT_EQ(findings->rows, 1U);
    EXPECT_TRUE(findings->text(0).starts_with("page-id-mismatch page 15")) << findings->text(0);
    EXPECT_EQ(findings->open(0)->title, "page 15: leaf, 5 items, overflow 0");
    const auto pages = top.open(2);
    EXPECT_EQ(pages->rows, 32U);
    const auto keys = top.open(0)->open(0);
    EXPECT_NE(row_with(*keys, "! page 15: it says that it is page 2"), "");
    EXPECT_EQ(keys->open(8)->title, "page 15: leaf, 5 items, overflow 0");
}

TEST(Browser, PagesOfFilesWithSecretsShowSizesOnly) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/owners/vault.db");
    const auto map = map_file(*source);
    ASSERT_TRUE(schema::keeps_secrets(map->report.owner));
    const BrowserList top = browse_file(*source, *map);
    const auto pages = top.open(top.rows - 2);
    for (std::uint64_t row = 2; row < pages->rows; ++row) {
        const auto page = pages->open(row);
        for (std::uint64_t item = 0; page && item < page->rows; ++item)
            EXPECT_TRUE(page->text(item).find(" bytes>") != std::string::npos ||
                        page->text(item).starts_with("! "))
                << page->text(item);
    }
}

// Every list of every damaged file, three levels down.
void open_all(const BrowserList& list, int levels) {
    for (std::uint64_t row = 0; row < list.rows; ++row) {
        const std::string text = list.text(row);
        EXPECT_TRUE(std::ranges::none_of(text, [](char c) {
            return static_cast<unsigned char>(c) < ' ';
        })) << text;
        if (const auto inside = levels > 0 ? list.open(row) : std::nullopt)
            open_all(*inside, levels - 1);
    }
}

TEST(Browser, SurvivesEveryDamagedFile) {
    for (const auto& entry : std::filesystem::directory_iterator(REBOLT_TEST_DATA "/damaged")) {
        const auto source = PageSource::open(entry.path());
        const auto map = map_file(*source);
        ASSERT_TRUE(map) << entry.path();
        if (map->pages.size() < 100)
            open_all(browse_file(*source, *map), 2);
    }
}

TEST(BrowseCommand, NeedsATerminal) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "browse");
    EXPECT_TRUE(result.exit_code == 16 || result.err.find("without ncurses") != std::string::npos)
        << result.err;
}

} // namespace
} // namespace rebolt::cli
