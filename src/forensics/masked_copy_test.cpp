#include <rebolt/masked_copy.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unordered_set>

#include <gtest/gtest.h>

#include <rebolt/format.hpp>

#include "support/patched_file.hpp"
#include "support/sample_files.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

constexpr std::size_t window_bytes = 8;

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All strings of eight bytes in keys and values of a file's leaves, of whatever
/// page. What is mostly zeros is left out: sizes and positions look like that too.
class Windows {
public:
    explicit Windows(const PageSource& source) {
        for (std::uint64_t id = 2; id < source.page_count(); ++id)
            if (const auto page = source.page(PageId{id});
                page && page->type() == format::PageType::leaf)
                add_page(page->bytes());
    }
    [[nodiscard]] std::size_t size() const { return windows_.size(); }
    [[nodiscard]] std::size_t found_in(std::string_view text) const {
        std::size_t found = 0;
        for (std::size_t at = 0; at + window_bytes <= text.size(); ++at)
            found += windows_.contains(text.substr(at, window_bytes)) ? 1 : 0;
        return found;
    }

private:
    void add_page(Bytes page) {
        const auto leaf = format::LeafView::of(page);
        for (std::size_t i = 0; leaf && i < leaf->count(); ++i) {
            const auto element = leaf->element(i);
            if (!element)
                continue;
            add(element->key);
            const auto bucket = format::BucketView::of(element->value);
            if (!element->is_bucket())
                add(element->value);
            else if (bucket && bucket->is_inline())
                add_page(bucket->inline_page());
        }
    }
    void add(std::string_view text) {
        for (std::size_t at = 0; at + window_bytes <= text.size(); ++at)
            if (const auto window = text.substr(at, window_bytes);
                std::ranges::count(window, '\0') < 3)
                windows_.insert(window);
    }

    std::unordered_set<std::string_view> windows_;
};

// Returns what is wrong with the copy.
std::string fault_of_copy(const std::string& path, std::size_t& windows) {
    const test::TemporaryFolder folder;
    const auto source = PageSource::open(path);
    if (!source)
        return source.error().to_text();
    const std::string masked = folder.path("masked.db");
    const auto copy = write_masked_copy(*source, masked);
    if (!copy)
        return copy.error().to_text();
    if (!copy->has_same_findings)
        return "other findings: " + copy->difference;
    const std::string text = content_of(masked);
    if (text.size() != source->file_bytes())
        return "another size";
    const Windows data(*source);
    windows = data.size();
    const std::size_t found = data.found_in(text);
    return found == 0 ? "" : std::to_string(found) + " pieces of data are left";
}

TEST(MaskedCopy, OfEveryFileHasTheSameFindingsAndNoData) {
    std::size_t files = 0;
    std::size_t all_windows = 0;
    for (const char* folder : {"damaged", "field", "real", "owners"})
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(REBOLT_TEST_DATA "/") + folder)) {
            if (entry.path().extension() != ".db")
                continue;
            std::size_t windows = 0;
            EXPECT_EQ(fault_of_copy(entry.path(), windows), "") << entry.path();
            all_windows += windows;
            ++files;
        }
    EXPECT_GE(files, 55U);
    EXPECT_GT(all_windows, 100'000U);
}

TEST(MaskedCopy, OfEveryPageSizeAndShape) {
    for (const test::SampleFile& sample : test::sample_files()) {
        test::PatchedFile file(sample.bytes);
        std::size_t windows = 0;
        EXPECT_EQ(fault_of_copy(file.path(), windows), "") << sample.name;
    }
}

// Slack, old pages and the file's end, where no element leads.
TEST(MaskedCopy, WhatIsNoPagesContentIsMaskedToo) {
    const test::TemporaryFolder folder;
    test::PatchedFile file(std::string(REBOLT_TEST_DATA "/real/docker-20.10-running.db"));
    const std::string secret = "a secret that was left behind";
    const std::uint64_t page_bytes = 4096;
    for (const std::uint64_t at : {page_bytes - 100, 5 * page_bytes - 40})
        std::ranges::copy(as_bytes(secret), file.bytes().begin() + static_cast<std::ptrdiff_t>(at));
    const std::size_t end = file.bytes().size();
    file.resize(end + 1000);
    std::ranges::copy(as_bytes(secret),
                      file.bytes().begin() + static_cast<std::ptrdiff_t>(end + 7));
    const auto source = PageSource::open(file.path());
    const auto copy = write_masked_copy(*source, folder.path("masked.db"));
    ASSERT_TRUE(copy) << copy.error().to_text();
    const std::string text = content_of(folder.path("masked.db"));
    EXPECT_EQ(text.size(), end + 1000);
    EXPECT_NE(content_of(file.path()).find("left behind"), std::string::npos);
    EXPECT_EQ(text.find("left behind"), std::string::npos);
    EXPECT_EQ(text.find("a secret"), std::string::npos);
}

// A page over which text was written: no number in it may be the text's.
TEST(MaskedCopy, TextOverAPageIsNotTakenForStructure) {
    const test::TemporaryFolder folder;
    std::string text;
    while (text.size() < 4096)
        text += "The quick brown fox jumps over the lazy dog. ";
    for (const std::uint64_t page : {1U, 4U, 18U}) {
        test::PatchedFile file(std::string(REBOLT_TEST_DATA "/real/docker-20.10-running.db"));
        std::ranges::copy(as_bytes(text).first(4096),
                          file.bytes().begin() + static_cast<std::ptrdiff_t>(page * 4096));
        const auto source = PageSource::open(file.path());
        const auto copy = write_masked_copy(*source, folder.path("masked.db"));
        ASSERT_TRUE(copy) << copy.error().to_text();
        EXPECT_EQ(copy->difference, "") << page;
        const std::string masked = content_of(folder.path("masked.db"));
        for (std::size_t at = 0; at + window_bytes <= 100; ++at)
            EXPECT_EQ(masked.find(text.substr(at, window_bytes)), std::string::npos) << page;
    }
}

TEST(MaskedCopy, CancelledLeavesNoFile) {
    const test::TemporaryFolder folder;
    const auto source = PageSource::open(REBOLT_TEST_DATA "/real/docker-20.10-running.db");
    const auto copy = write_masked_copy(*source, folder.path("masked.db"),
                                        [](std::uint64_t, std::uint64_t) { return false; });
    ASSERT_FALSE(copy);
    EXPECT_EQ(copy.error().code(), ErrorCode::cancelled);
    EXPECT_FALSE(std::filesystem::exists(folder.path("masked.db")));
}

} // namespace
} // namespace rebolt
