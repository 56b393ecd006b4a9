// What recover promises, by class of damage and shape.
#pragma once

#include "damage.hpp"
#include "shape_file.hpp"

namespace rebolt::test {

struct Target {
    double recall; ///< at least this fraction
    bool truth;    ///< no lie
};

[[nodiscard]] Target target_of(HarmClass promise, const Shape& shape) noexcept;

} // namespace rebolt::test
