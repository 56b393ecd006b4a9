// Pages that a state neither leads to nor lists as free. Those that the last commit
// wrote tell that a write was lost. Others may be leaked: bbolt forgets pages when it
// deletes a bucket that was changed in the same transaction.
#pragma once

#include <cstdint>
#include <optional>

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// What such pages hold that the tree has not.
struct Unreachable {
    std::uint64_t pages = 0; ///< sound branches and leaves, with their overflow
    std::uint64_t keys = 0;  ///< and buckets
    std::optional<PageId> first;
    /// Nothing but a lost write can have left one of them: the newest transaction
    /// wrote it (it was free before, or beyond the end), or a branch that was freed
    /// since still leads to it (whoever rewrites a branch keeps its children or frees
    /// them; what bbolt forgets are whole buckets).
    bool is_lost_write = false;
};

/// Of the pages that are nothing to the primary tree: those that hold data. None
/// if all keys in them are in the tree with the same values: then nothing is
/// missing. `previous`: the state before, or null. Cost: O(leaked keys) memory, up
/// to 32 MiB, and one more pass over the tree's leaves.
[[nodiscard]] Unreachable find_unreachable(const CheckContext& context, const Tree& primary,
                                           const Tree* previous);

/// How many pages of the tree that is not the primary one are neither in it nor
/// free, and the first of them: a later commit has begun to write over it. Needs
/// the marks of both walks. Cost: O(pages).
struct Unaccounted {
    std::uint64_t pages = 0;
    std::optional<PageId> first;
};
[[nodiscard]] Unaccounted find_unaccounted(const CheckContext& context, const Tree& previous);

} // namespace rebolt::check_walk
