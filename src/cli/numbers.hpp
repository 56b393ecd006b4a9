// Numbers given on the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include <CLI/CLI.hpp>

namespace rebolt::cli {

/// Takes digits alone, a number from `least` to `most`. CLI11 itself takes -1
/// for 2^64 - 1.
[[nodiscard]] CLI::Validator
whole_number(std::uint64_t least = 0,
             std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// Takes seconds, with a fraction or without, from `least` to 1e9 (31 years).
[[nodiscard]] CLI::Validator seconds_number(double least = 0);

/// Of seconds that seconds_number() took.
[[nodiscard]] std::chrono::milliseconds to_milliseconds(double seconds);

} // namespace rebolt::cli
