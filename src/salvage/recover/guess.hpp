// guess: states that no meta leads to.
#pragma once

#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

/// Another state beside a known one, whole if there is one.
[[nodiscard]] std::optional<State> guess_beside(Context& context, const State& known);
/// Both states, when no meta can be used. Without a root: the newest's is 0.
[[nodiscard]] States guess_both(Context& context);
/// The root of a state whose meta leads elsewhere: its tree and the state's
/// freelist have each page once.
[[nodiscard]] std::optional<PageId> find_root_of(Context& context, const State& state);

} // namespace rebolt::salvage
