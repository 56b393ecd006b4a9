// Lays out whole trees of buckets as bbolt would: for tests that need a sound
// file with certain content. See file_builder.hpp for single pages.
//
//   BucketContent content;
//   content.buckets["animals"].values = {{"cat", "9"}, {"dog", "7"}};
//   write_file(path, build_file(content, {.page_size = 512}));
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rebolt::test {

/// A bucket with what is in it. A name may be a value's or a bucket's, not both.
struct BucketContent {
    std::map<std::string, std::string> values;
    std::map<std::string, BucketContent> buckets;
    std::uint64_t sequence = 0;
};

enum class FreelistKind : std::uint8_t { stored, none };

/// How the content is laid out.
struct FileShape {
    std::uint32_t page_size = 4096;
    /// How full pages are made; bbolt's default. Low: more pages, more levels.
    unsigned fill_percent = 50;
    /// Free pages beside those that the transaction before leaves: some between
    /// pages in use, the rest behind them. They hold stale leaves.
    std::uint64_t free_pages = 3;
    FreelistKind freelist = FreelistKind::stored;
    std::uint64_t txid = 7;
    /// Pages behind the high water mark.
    std::uint64_t pages_behind = 2;
};

/// A file that bbolt's own check finds clean: buckets are inline where bbolt
/// would inline them, pages are split where it would split them, and the
/// transaction before has a root and a freelist of its own, both whole.
/// `content` is the database's root: its values are not for bbolt's users.
[[nodiscard]] std::vector<std::byte> build_file(const BucketContent& content,
                                                const FileShape& shape = {});

} // namespace rebolt::test
