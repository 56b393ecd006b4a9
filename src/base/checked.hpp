// Arithmetic on numbers that come from a file: overflow is seen, not wrapped.
#pragma once

#include <cstdint>
#include <optional>

namespace rebolt {

[[nodiscard]] constexpr std::optional<std::uint64_t> checked_add(std::uint64_t left,
                                                                 std::uint64_t right) noexcept {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum))
        return std::nullopt;
    return sum;
}

[[nodiscard]] constexpr std::optional<std::uint64_t> checked_mul(std::uint64_t left,
                                                                 std::uint64_t right) noexcept {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(left, right, &product))
        return std::nullopt;
    return product;
}

} // namespace rebolt
