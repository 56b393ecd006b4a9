// InFlight: a commit that had written pages, and whose meta never came. It wrote over
// pages of the state before the newest. Where the newest root is lost, its own root
// still tells whose the newest state's pages are: a commit changes few of them, and
// leaves the others in their buckets.
#pragma once

#include <optional>

#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

/// The state that the commit would have left: the whole tree that has most of the
/// newest state's pages, and whose root the newest state calls free. Without a
/// freelist: the largest whole tree. Its root has the names of the state that was
/// written over, where that still has some. Cost: O(pages) for each of at most 64 roots.
/// Errors: cancelled.
[[nodiscard]] Result<std::optional<State>> find_in_flight(Context& context,
                                                          const State& overwritten);

/// After its pages have told whose the others are: what it wrote was never committed,
/// and gives nothing. Without a freelist nothing tells which pages it wrote: then all
/// are stale.
void forget_in_flight(Context& context);

} // namespace rebolt::salvage
