// guess: states that no meta leads to.
#pragma once

#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

/// Another state beside a known one, whole if there is one.
[[nodiscard]] std::optional<State> guess_beside(Ground& ground, const State& known);
/// Both states, when no meta can be used. Errors: damaged.
[[nodiscard]] Result<States> guess_both(Ground& ground);

} // namespace rebolt::salvage
