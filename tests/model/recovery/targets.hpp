// What recover promises, by class of damage and shape.
#pragma once

#include "damage.hpp"
#include "shape_file.hpp"

namespace rebolt::test {

struct Target {
    double recall; ///< at least this fraction
    bool truth;    ///< no lie
    /// At least this fraction of what lies in sound leaves, though nothing names
    /// its bucket any more.
    double own = 0.0;
};

[[nodiscard]] Target target_of(HarmClass promise, const Shape& shape) noexcept;

} // namespace rebolt::test
