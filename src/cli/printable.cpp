#include "cli/printable.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Control, format, separator and private characters, surrogates and what can
// never be one, by Unicode's categories Cc, Cf, Z*, Co, Cs and the
// noncharacters; of what is not assigned yet, the planes that are empty.
constexpr std::array unprintable{
    Range{0x7F, 0xA0},       Range{0xAD, 0xAD},        Range{0x600, 0x605},
    Range{0x61C, 0x61C},     Range{0x6DD, 0x6DD},      Range{0x70F, 0x70F},
    Range{0x890, 0x891},     Range{0x8E2, 0x8E2},      Range{0x1680, 0x1680},
    Range{0x180E, 0x180E},   Range{0x2000, 0x200F},    Range{0x2028, 0x202F},
    Range{0x205F, 0x2064},   Range{0x2066, 0x206F},    Range{0x3000, 0x3000},
    Range{0xD800, 0xF8FF},   Range{0xFDD0, 0xFDEF},    Range{0xFEFF, 0xFEFF},
    Range{0xFFF9, 0xFFFB},   Range{0xFFFE, 0xFFFF},    Range{0x110BD, 0x110BD},
    Range{0x110CD, 0x110CD}, Range{0x13430, 0x13438},  Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0x1FFFE, 0x1FFFF},  Range{0x2FFFE, 0x2FFFF},
    Range{0x323B0, 0xE00FF}, Range{0xE01F0, 0x10FFFF},
};

// How many bytes a UTF-8 sequence takes, by its first byte; 0: none begins so.
std::size_t sequence_bytes(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

bool is_shortest_form(char32_t code_point, std::size_t bytes) {
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    return code_point >= least[bytes] && code_point <= 0x10FFFF &&
           (code_point < 0xD800 || code_point > 0xDFFF);
}

} // namespace

Character first_character(std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    const Character invalid{0xFFFD, 1, false};
    const std::size_t bytes = sequence_bytes(first);
    if (bytes == 0 || bytes > text.size())
        return invalid;
    char32_t code_point = bytes == 1 ? first : first & (0xFFU >> (bytes + 1));
    for (std::size_t at = 1; at < bytes; ++at) {
        const auto next = static_cast<unsigned char>(text[at]);
        if ((next & 0xC0U) != 0x80)
            return invalid;
        code_point = (code_point << 6U) | (next & 0x3FU);
    }
    return is_shortest_form(code_point, bytes) ? Character{code_point, bytes, true} : invalid;
}

bool is_printable(char32_t code_point) noexcept {
    if (code_point < 0x7F)
        return code_point >= 0x20;
    const auto* range = std::ranges::lower_bound(unprintable, code_point, {}, &Range::last);
    return range == unprintable.end() || code_point < range->first;
}

bool is_printable(std::string_view text) noexcept {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (!character.is_utf8 || !is_printable(character.code_point))
            return false;
        text.remove_prefix(character.bytes);
    }
    return true;
}

bool is_text(std::string_view text) noexcept {
    for (;;) {
        const std::size_t end = text.find_first_of("\n\t");
        if (!is_printable(text.substr(0, end)))
            return false;
        if (end == std::string_view::npos)
            return true;
        text.remove_prefix(end + 1);
    }
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (!character.is_utf8)
            return false;
        text.remove_prefix(character.bytes);
    }
    return true;
}

void append_quoted(std::string& to, std::string_view bytes, const Character& character) {
    constexpr std::string_view escaped = "\a\b\f\n\r\t\v\"\\";
    constexpr std::string_view letters = "abfnrtv\"\\";
    const char32_t code_point = character.code_point;
    if (!character.is_utf8) {
        fmt::format_to(std::back_inserter(to), "\\x{:02x}",
                       static_cast<unsigned char>(bytes.front()));
    } else if (const std::size_t at = escaped.find(bytes.front());
               character.bytes == 1 && at != std::string_view::npos) {
        to += {'\\', letters[at]};
    } else if (is_printable(code_point)) {
        to += bytes;
    } else if (code_point < 0x80) {
        fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned>(code_point));
    } else if (code_point < 0x10000) {
        fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(code_point));
    } else {
        fmt::format_to(std::back_inserter(to), "\\U{:08x}", static_cast<unsigned>(code_point));
    }
}

} // namespace rebolt::cli
