// What a value on the command line may be.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace rebolt::cli {

struct Validator {
    /// Says what is wrong with the text of a value; empty if nothing is.
    std::function<std::string(const std::string& text)> complaint;
    std::string value_name; ///< of what it takes, for --help: `N`, `SECONDS`, `auto|never`
};

/// Takes digits alone, a number from `least` to `most`: not -1 for 2^64 - 1.
[[nodiscard]] Validator
whole_number(std::uint64_t least = 0,
             std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// The same for numbers that may be negative.
[[nodiscard]] Validator integer(std::int64_t least, std::int64_t most);

/// Takes seconds, with a fraction or without, from `least` to 1e9 (31 years).
[[nodiscard]] Validator seconds_number(double least = 0);

/// Takes a number from `least` to `most`, with a fraction or without.
[[nodiscard]] Validator fraction(double least, double most);

/// Takes what a page may have, a power of two from 512 to 65536; or 0.
[[nodiscard]] Validator page_bytes();

/// Takes one of the names.
[[nodiscard]] Validator one_of(std::vector<std::string> names);

/// Takes a database's path; not `-`: a stream has no pages to go to.
[[nodiscard]] Validator database_path();

/// Of seconds that seconds_number() took.
[[nodiscard]] std::chrono::milliseconds to_milliseconds(double seconds);

} // namespace rebolt::cli
