// What pages link to, name and tell the reader to type is there.
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page.hpp"
#include "support/run_command.hpp"

namespace rebolt::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

const fs::path root = REBOLT_SOURCE_DIR;

TEST(Pages, ShowLinksOutsideOfCode) {
    EXPECT_THAT(
        links_in("See [a](b.md) and [c\nd](e.md#f).\n\n    [no](code)\n```\n[no](x)\n```\n"),
        ElementsAre("b.md", "e.md#f"));
}

TEST(Pages, ShowCodeInProseAndInBlocks) {
    EXPECT_THAT(code_in("Type `rebolt a`.\n\n    $ rebolt b\n    out\n\n```\nrebolt c\n```\n"),
                ElementsAre("rebolt a", "rebolt b", "out", "rebolt c"));
}

TEST(Pages, HaveAnchorsForTheirHeadings) {
    EXPECT_THAT(anchors_in("# One\ntext\n## `rebolt` check, FILE\n"),
                ElementsAre("one", "rebolt-check-file"));
}

TEST(Pages, NameCommandsWithTheirSubcommands) {
    EXPECT_THAT(commands_in("rebolt store get|put 'bolt://x' k"),
                ElementsAre(ElementsAre("store", "get"), ElementsAre("store", "put")));
    EXPECT_THAT(commands_in("rebolt check -q FILE"), ElementsAre(ElementsAre("check")));
    EXPECT_THAT(commands_in("rebolt: not found"), IsEmpty());
    EXPECT_THAT(commands_in("rebolt"), IsEmpty());
}

std::string text_of(const std::vector<Page>& pages, const std::string& path) {
    const auto page = std::ranges::find(pages, path, &Page::path);
    return page == pages.end() ? "" : page->text;
}

TEST(Documents, LinkToWhatExists) {
    const std::vector<Page> pages = all_pages(root);
    EXPECT_GT(pages.size(), 15U);
    for (const Page& page : pages)
        for (const std::string& link : links_in(page.text)) {
            if (link.find("://") != std::string::npos || link.starts_with("mailto:"))
                continue;
            const std::size_t hash = std::min(link.find('#'), link.size());
            const fs::path target =
                hash == 0
                    ? fs::path(page.path)
                    : (fs::path(page.path).parent_path() / link.substr(0, hash)).lexically_normal();
            EXPECT_TRUE(fs::exists(root / target)) << page.path << ": " << link;
            if (hash == link.size())
                continue;
            const auto anchors = anchors_in(text_of(pages, target.string()));
            EXPECT_NE(std::ranges::find(anchors, link.substr(hash + 1)), anchors.end())
                << page.path << ": " << link;
        }
}

// `src/check/X.cpp` is a file that the reader is to make, `tests/data/*` many.
bool is_named(const std::string& path) {
    static const std::regex ours("(src|include|tests|docs|scripts|cmake)/[^ ]*");
    const std::string stem = fs::path(path).stem().string();
    return std::regex_match(path, ours) && stem != "X" && stem != "X_test" &&
           path.find_first_of("*<[…") == std::string::npos;
}

TEST(Documents, NameFilesThatExist) {
    std::size_t count = 0;
    for (const Page& page : all_pages(root)) {
        if (page.path == "CHANGELOG.md") // it tells of files that were
            continue;
        for (const std::string& code : code_in(page.text)) {
            const std::string path = code.substr(0, code.find_first_of(" ,;:("));
            if (!is_named(path))
                continue;
            ++count;
            EXPECT_TRUE(fs::exists(root / path)) << page.path << ": " << path;
        }
    }
    EXPECT_GT(count, 50U);
}

TEST(Documents, NameCommandsThatExist) {
    std::set<std::vector<std::string>> commands;
    for (const Page& page : all_pages(root))
        for (const std::string& code : code_in(page.text))
            for (std::vector<std::string>& command : commands_in(code))
                commands.insert(std::move(command));
    EXPECT_GT(commands.size(), 20U);
    for (std::vector<std::string> words : commands) {
        words.insert(words.begin(), REBOLT_EXE);
        words.emplace_back("--help"); // so that nothing is done
        const test::CommandResult result = test::run_command(words);
        std::string line;
        for (const std::string& word : words)
            line += word + " ";
        EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.err;
    }
}

} // namespace
} // namespace rebolt::documents
