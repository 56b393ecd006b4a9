// The fast way through a large, sound tree: several threads, no texts.
//
// It only ever answers "sound" or "not sure". If all is sound, its claims and
// counts stand; at the first doubt it gives up, and the serial walk, whose
// report does not depend on timing, tells what is wrong.
#pragma once

#include <optional>

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// Walks the primary tree with `threads` threads. Returns its report if it is
/// whole; nullopt if there was any doubt (the map's tree roles are then to be
/// forgotten). Errors: cancelled.
Result<std::optional<TreeReport>> parallel_pass(CheckContext& context, const Tree& tree,
                                                unsigned threads);

} // namespace rebolt::check_walk
