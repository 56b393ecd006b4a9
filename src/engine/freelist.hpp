// The stored freelist: read, compared with the trees, written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <rebolt/finding.hpp>
#include <rebolt/result.hpp>

#include "engine/free_pages.hpp"
#include "engine/transaction_state.hpp"

namespace rebolt::engine {

struct StoredFreelist {
    PageRun run; ///< where it is stored
    std::vector<std::uint64_t> pages;
};

/// Reads the list that the snapshot's meta names. Errors: damaged: freelist_*,
/// meta_freelist_out_of_range (also when none is stored), page_unreadable.
[[nodiscard]] Result<StoredFreelist> read_freelist(const TransactionState& state);

/// How many pages that list has. Errors: as read_freelist, without a look at
/// the entries. Cost: O(1).
[[nodiscard]] Result<std::uint64_t> count_stored(const TransactionState& state);

/// A bit a page below the high water mark: the metas and whatever the trees
/// lead to. Errors: damaged; page_shared if they lead to a page twice.
/// Cost: O(pages).
[[nodiscard]] Result<std::vector<bool>> used_pages(const TransactionState& state);

/// What is wrong with a list of free pages, if `free` are the true ones: a page
/// that is in use (page_reachable_but_free), or missing pages (page_leaked).
[[nodiscard]] std::optional<Finding> compare(std::span<const std::uint64_t> listed,
                                             const FreePages& free, const std::vector<bool>& used,
                                             const TransactionState& state);

/// Bytes that a list of so many pages takes, header included (bbolt:
/// freelist.EstimatedWritePageSize).
[[nodiscard]] constexpr std::uint64_t freelist_bytes(std::uint64_t pages) noexcept {
    return 16 + (pages + (pages >= 0xFFFF ? 1 : 0)) * 8;
}

/// Writes the list to the page at `out`: freelist_bytes(…) bytes of the run's.
void write_freelist(std::byte* out, const PageRun& run, const FreePages& pages) noexcept;

} // namespace rebolt::engine
