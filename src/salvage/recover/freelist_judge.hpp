// FreelistJudge: whether the freelist that the newest meta names is the newest
// state's own. Where it is, each page below the end is free, or in use: that is
// the proof that recovery rests on. Where it is not, it says nothing.
#pragma once

#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

/// Marks what it lists as Survey::free and sets `free_pages_known` and
/// `is_accounted_for`, if it can be believed. After learn_previous. Leaves the
/// newest tree's pages marked Survey::entered. Returns the newest tree's holes.
/// Cost: O(pages).
std::uint64_t judge_freelist(Context& context);

} // namespace rebolt::salvage
