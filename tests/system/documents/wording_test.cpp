// Words that are not plain English, in pages and in what commands say.
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "page.hpp"

namespace rebolt::documents {
namespace {

namespace fs = std::filesystem;

const fs::path source_root = REBOLT_SOURCE_DIR;

// Each with what to say instead.
struct Wording {
    std::string_view words;
    std::string_view better;
};
constexpr std::array wordings{
    Wording{"anew", "again, instead"},
    Wording{"put right", "corrected, repaired"},
    Wording{"gone back to", "restored"},
    Wording{"the begin", "the beginning, the start"},
    Wording{"keys came back", "recovered"},
    Wording{"as was asked", "as requested"},
    Wording{"broken off", "interrupted"},
    Wording{"no UTF-8", "not valid UTF-8"},
    Wording{"1 keys", "1 key"},
    Wording{"1 buckets", "1 bucket"},
    Wording{"a unknown", "an unknown"},
    Wording{"as it comes", "by default"},
    Wording{"what stands there", "the old bytes, the file that is there"},
    Wording{"above it or itself", "points to itself"},
};

// As whole words: "the begin" is not in "the beginning".
bool has_words(std::string_view text, std::string_view words) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t at = text.find(words); at != std::string_view::npos;
         at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
            return true;
    }
    return false;
}

void expect_plain(std::string_view text, const std::string& where) {
    for (const Wording& wording : wordings)
        EXPECT_FALSE(has_words(text, wording.words))
            << where << ": `" << wording.words << "`; better: " << wording.better;
}

// The literals of a line of C++.
std::string literals_in(std::string_view line) {
    std::string text;
    bool is_inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            is_inside = !is_inside;
            text += ' ';
        } else if (is_inside) {
            text += line[i];
            if (line[i] == '\\' && i + 1 < line.size())
                text += line[++i];
        }
    }
    return text;
}

TEST(Wording, OfThePagesIsPlain) {
    for (const Page& page : all_pages(source_root)) {
        if (page.path == "CHANGELOG.md" || page.path == "docs/bbolt-tests.md") // they quote
            continue;
        std::istringstream lines(page.text);
        std::size_t number = 0;
        for (std::string line; std::getline(lines, line);)
            expect_plain(line, page.path + ":" + std::to_string(++number));
    }
}

TEST(Wording, OfTheProgramIsPlain) {
    for (const auto& entry : fs::recursive_directory_iterator(source_root / "src")) {
        const std::string path = entry.path().string();
        if (!path.ends_with(".cpp") || path.ends_with("_test.cpp"))
            continue;
        std::ifstream lines(path);
        std::size_t number = 0;
        for (std::string line; std::getline(lines, line);)
            expect_plain(literals_in(line), path + ":" + std::to_string(++number));
    }
}

TEST(Wording, IsLookedForInWholeWords) {
    EXPECT_EQ(literals_in(R"(say("a \"b\"", x, "c");)"), R"( a \"b\"  c )");
    EXPECT_TRUE(has_words("read anew.", "anew"));
    EXPECT_FALSE(has_words("at the beginning", "the begin"));
    EXPECT_FALSE(has_words("21 keys", "1 keys"));
}

} // namespace
} // namespace rebolt::documents
