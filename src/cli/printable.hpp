// Which bytes may go to a terminal as they are.
//
// As in bbolt, text is printable if it is UTF-8 of letters, marks, numbers,
// punctuation, symbols and the ASCII space. Control and format characters
// (those that turn the direction of text among them) are not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rebolt::cli {

/// The first character of a text.
struct Character {
    char32_t code_point;
    std::size_t bytes; ///< that it takes; 1 if they are no UTF-8
    bool is_utf8;
};

/// Decodes the first character of `text`, which is not empty.
[[nodiscard]] Character first_character(std::string_view text) noexcept;

[[nodiscard]] bool is_printable(char32_t code_point) noexcept;
/// True if all of `text` is printable UTF-8. Cost: O(bytes).
[[nodiscard]] bool is_printable(std::string_view text) noexcept;
/// The same, of text that may go on in further lines: with `\n` and `\t` between.
[[nodiscard]] bool is_text(std::string_view text) noexcept;
/// True if all of `text` is UTF-8. Cost: O(bytes).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends the character that these bytes are, as Go's %q shows it inside the
/// quotes: itself, or an escape such as \n, \xff, \u200b.
void append_quoted(std::string& to, std::string_view bytes, const Character& character);

} // namespace rebolt::cli
