// Histories of commits, and files in which one write of the last commit never
// reached the disk: the page is as it was before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::test {

enum class HistoryShape : std::uint8_t {
    flat,        ///< one bucket, some hundred keys
    big,         ///< values that need overflow pages
    nested,      ///< buckets in buckets, each with pages of its own
    inlined,     ///< many buckets that are small enough to be inline
    small_pages, ///< pages of 512 bytes: trees of several levels
};
inline constexpr std::array all_history_shapes{HistoryShape::flat, HistoryShape::big,
                                               HistoryShape::nested, HistoryShape::inlined,
                                               HistoryShape::small_pages};

[[nodiscard]] std::string_view name_of(HistoryShape shape) noexcept;

using FileBytes = std::vector<std::byte>;

/// A file before and after its last commit, and after each commit before these.
struct History {
    std::uint32_t page_size;
    std::vector<FileBytes> earlier;
    FileBytes before;
    FileBytes after;
};

/// Some dozen commits of puts, deletes and new buckets, the same for each seed.
/// `stores_freelist`: else as with bbolt's NoFreelistSync. Ends the test program
/// if it cannot be made.
[[nodiscard]] History make_history(HistoryShape shape, std::uint64_t seed,
                                   bool stores_freelist = true);

struct LostWrite {
    std::string what; ///< `root 12`, `branch 7`, `bucket-leaf 4`, `freelist 9`
    FileBytes bytes;
    /// Other pages bear witness that a write is missing. Not for a bucket whose only
    /// page is a leaf: an older version of it looks as sound as the newest.
    bool is_provable;
};

/// One for each page of these kinds that the last commit wrote: the root, branches,
/// leaves that are a whole bucket, the freelist.
[[nodiscard]] std::vector<LostWrite> lost_writes(const History& history);

/// The meta of the last commit arrived, and nothing else of it.
[[nodiscard]] FileBytes meta_without_data(const History& history);

} // namespace rebolt::test
