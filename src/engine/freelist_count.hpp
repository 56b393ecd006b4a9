// Counts the pages that are free in a snapshot.
#pragma once

#include <cstdint>

#include <rebolt/result.hpp>
#include <rebolt/tx.hpp>

#include "engine/transaction_state.hpp"

namespace rebolt::engine {

struct FreelistCount {
    std::uint64_t free_pages;
    std::uint64_t inuse_bytes; ///< that the list takes in its page, header included
};

/// From the stored freelist; when none is stored, by walking all trees.
/// Errors: damaged. Cost: O(1) if stored, else O(pages) time, a bit a page.
[[nodiscard]] Result<FreelistCount> count_freelist(const TransactionState& state, const Tx& tx);

} // namespace rebolt::engine
