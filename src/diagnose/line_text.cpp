#include "diagnose/line_text.hpp"

#include <algorithm>

namespace rebolt::diagnose {
namespace {

constexpr char escape = '\x1B';

// The bytes of the terminal escape that `text` starts with, at least 1.
std::size_t escape_bytes(std::string_view text) noexcept {
    if (text.size() < 2)
        return 1;
    if (text[1] == ']') { // ends with BEL
        constexpr std::size_t longest = 256;
        const std::size_t end = text.substr(0, longest).find('\a');
        return end == std::string_view::npos ? 2 : end + 1;
    }
    if (text[1] != '[')
        return 2;
    std::size_t end = 2;
    while (end < text.size() && text[end] >= ' ' && text[end] < '@')
        ++end;
    return std::min(end + 1, text.size());
}

// `#011`: a control character as rsyslog writes it; -1 for anything else.
int octal_escape(std::string_view text) noexcept {
    const auto is_octal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
    if (text.size() < 4 || text[1] != '0' || !is_octal(2) || !is_octal(3))
        return -1;
    return (text[2] - '0') * 8 + (text[3] - '0');
}

} // namespace

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) noexcept {
    return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}

bool has_word(std::string_view text, std::string_view word) noexcept {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !is_alphanumeric(text[at - 1])) &&
            (end == text.size() || !is_alphanumeric(text[end])))
            return true;
    }
    return false;
}

std::string without_escapes(std::string_view line) {
    if (line.starts_with("\xEF\xBB\xBF"))
        line.remove_prefix(3);
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    if (line.find(escape) == std::string_view::npos && !contains(line, "#0"))
        return std::string(line);
    std::string text;
    text.reserve(line.size());
    // rsyslog may have escaped the escapes, so its own go first.
    for (std::size_t i = 0; i < line.size(); ++i) {
        const int code = line[i] == '#' ? octal_escape(line.substr(i)) : -1;
        text += code >= 0 ? static_cast<char>(code) : line[i];
        i += code >= 0 ? 3 : 0;
    }
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const bool is_escape = text[i] == escape;
        if (!is_escape)
            plain += text[i];
        i += is_escape ? escape_bytes(std::string_view(text).substr(i)) : 1;
    }
    return plain;
}

} // namespace rebolt::diagnose
