// The freelist of a state that has no meta to tell it.
#pragma once

#include <cstdint>
#include <optional>

#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

/// Finds the freelist that belongs to a state without a meta: one that lists
/// none of its pages. Returns how many pages are neither the tree's nor in it;
/// nullopt, and nothing set, if no list is proven to be the state's.
std::optional<std::uint64_t> choose_freelist(Context& context, State& state);

} // namespace rebolt::salvage
