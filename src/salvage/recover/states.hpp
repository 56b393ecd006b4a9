// States: which states of the database the file still shows, and which is the
// newest.
//
// bbolt keeps two: each meta leads to one. A meta that is not valid may still
// tell its root. Where none does, a root is looked for among the pages: one
// that no sound page leads to, and that holds nothing but buckets.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "salvage/recover/context.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {

/// Errors: damaged, if no state can be found.
Result<States> find_states(Context& context);

} // namespace rebolt::salvage
