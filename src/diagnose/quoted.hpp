// Text in quotes: a field of JSON or logfmt, whose value holds what a program
// wrote.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

/// A value in quotes.
struct QuotedValue {
    std::size_t begin;    ///< of the value, after its opening quote
    std::size_t end;      ///< of the value, where its closing quote is, or of the line
    std::string_view key; ///< `msg` of `msg="…"` and of `"msg": "…"`; or empty
};

/// The value that the byte at `at` lies in; nullopt if it is in no quotes.
/// Cost: O(line).
[[nodiscard]] std::optional<QuotedValue> quoted_around(std::string_view line,
                                                       std::size_t at) noexcept;

/// The value of `key="…"` or `"key": "…"`, the first one. Cost: O(line).
[[nodiscard]] std::optional<QuotedValue> quoted_value(std::string_view line, std::string_view key);

/// The text that `\n`, `\t`, `\"`, `\u003c` and their like stand for.
[[nodiscard]] std::string unescaped(std::string_view value);

/// The text of `"MESSAGE":[112,97,…]`, as the journal prints bytes that are not
/// plain text, put in place of the list; nullopt if the line has none.
[[nodiscard]] std::optional<std::string> with_byte_list_as_text(std::string_view line);

} // namespace rebolt::diagnose
