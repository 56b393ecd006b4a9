// Words that tell a crash, and words that only bbolt, or its user, says.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// The signature of the first words in `text` that only bbolt says, and where
/// they are.
struct BoltWords {
    Signature signature;
    std::size_t at;
};
[[nodiscard]] std::optional<BoltWords> bolt_words_in(std::string_view text);

/// Where a panic, a fatal error, what Go prints before one, a goroutine's stack
/// or bbolt's own words start in a line. Cost: O(line).
[[nodiscard]] std::optional<std::size_t> crash_start(std::string_view line);

} // namespace rebolt::diagnose
