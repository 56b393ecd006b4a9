// Small readings of a line of text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

[[nodiscard]] bool is_digit(char c) noexcept;
/// A letter or digit of ASCII.
[[nodiscard]] bool is_alphanumeric(char c) noexcept;

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] bool contains(std::string_view text, std::string_view part) noexcept;
[[nodiscard]] bool contains_any(std::string_view text,
                                std::initializer_list<std::string_view> parts) noexcept;
/// Whether `word` is in `text` with no letter or digit beside it.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word) noexcept;

/// The line without colours and other terminal escapes, without a byte order
/// mark and a carriage return, and with rsyslog's `#011` as what they stand for.
/// Cost: O(line).
[[nodiscard]] std::string without_escapes(std::string_view line);

} // namespace rebolt::diagnose
