// Whether the newest tree can be believed, as recovery judges it: what a repair in
// place must know before it rewrites a freelist or goes back to an older state.
#pragma once

#include <rebolt/recover.hpp>

namespace rebolt::salvage {

/// True if the tree of the newest meta is whole and nothing proves that a part of it
/// is old: then only its freelist can be wrong. Errors: cancelled, damaged (nothing in
/// the file is a sound page). Cost: as recovery's first stages.
[[nodiscard]] Result<bool> is_newest_tree_right(const PageSource& source, RecoverOptions options);

} // namespace rebolt::salvage
