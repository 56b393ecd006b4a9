#include "cli/shell_quoted.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

// For bytes that must reach no terminal: `$'a\x1bb'`, which bash, zsh and ksh read.
std::string quoted_with_escapes(std::string_view word) {
    std::string quoted = "$'";
    while (!word.empty()) {
        const Character character = first_character(word);
        const std::string_view bytes = word.substr(0, character.bytes);
        if (character.is_utf8 && is_printable(character.code_point)) {
            if (bytes == "'" || bytes == "\\")
                quoted += '\\';
            quoted += bytes;
        } else {
            for (const char byte : bytes)
                fmt::format_to(std::back_inserter(quoted), "\\x{:02x}",
                               static_cast<unsigned char>(byte));
        }
        word.remove_prefix(character.bytes);
    }
    return quoted + "'";
}

} // namespace

std::string shell_word(const std::string& word) {
    const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("/._-+:@%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain)
        return word;
    if (!is_printable(word))
        return quoted_with_escapes(word);
    std::string quoted = "'";
    for (const char c : word)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string shell_quoted(const std::string& path) {
    return shell_word(path.starts_with('-') ? "./" + path : path);
}

} // namespace rebolt::cli
