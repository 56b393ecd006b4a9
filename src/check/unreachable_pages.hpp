// Pages that a state neither leads to nor lists as free, and what they hold.
#pragma once

#include <cstdint>
#include <optional>

#include "check/check_context.hpp"
#include "check/leak_origin.hpp"

namespace rebolt::check_walk {

/// What such pages hold that the tree has not.
struct Unreachable {
    std::uint64_t pages = 0; ///< sound branches and leaves, with their overflow
    std::uint64_t keys = 0;  ///< and buckets
    std::optional<PageId> first;
    LeakOrigin origin = LeakOrigin::unknown;
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
