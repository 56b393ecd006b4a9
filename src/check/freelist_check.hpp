// Reads a meta's freelist page and marks what it lists.
#pragma once

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// Marks the free pages and the freelist's own pages in the walk's map, and
/// adds findings: what is wrong with the page, and with its ids, a code once.
/// Returns false if it is damaged. Cost: O(ids).
bool check_freelist(CheckContext& context, const Tree& tree);

} // namespace rebolt::check_walk
