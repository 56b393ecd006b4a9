#include "diagnose/quoted.hpp"

#include <algorithm>
#include <charconv>

#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"

namespace rebolt::diagnose {
namespace {

std::size_t closing_quote(std::string_view line, std::size_t begin) noexcept {
    for (std::size_t i = begin; i < line.size(); ++i) {
        if (line[i] == '\\')
            ++i;
        else if (line[i] == '"')
            return i;
    }
    return line.size();
}

// The key before a value's opening quote: `"msg": ` or `msg=`.
std::string_view key_before(std::string_view head) noexcept {
    const auto drop_blanks = [&] {
        while (head.ends_with(' '))
            head.remove_suffix(1);
    };
    drop_blanks();
    if (!head.ends_with('=') && !head.ends_with(':'))
        return {};
    head.remove_suffix(1);
    drop_blanks();
    if (head.ends_with('"'))
        head.remove_suffix(1);
    const auto is_of_key = [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '@';
    };
    std::size_t begin = head.size();
    while (begin > 0 && is_of_key(head[begin - 1]))
        --begin;
    return head.substr(begin);
}

// The code of `\u001b` or `\x1b`, and its digits; -1 if there is none.
int hex_code(std::string_view digits) noexcept {
    int code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    return error == std::errc{} && end == digits.data() + digits.size() ? code : -1;
}

void append_escaped(std::string_view value, std::size_t& at, std::string& text) {
    const char escaped = value[at];
    const std::size_t digits = escaped == 'u' ? 4 : escaped == 'x' ? 2 : 0;
    if (digits != 0 && at + digits < value.size()) {
        // Only ASCII is of interest: <, > and & of Go, and control characters.
        const int code = hex_code(value.substr(at + 1, digits));
        text += code >= 0 && code < 0x80 ? static_cast<char>(code) : '?';
        at += digits;
        return;
    }
    text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? ' ' : escaped;
}

} // namespace

std::optional<QuotedValue> quoted_around(std::string_view line, std::size_t at) noexcept {
    for (std::size_t i = 0; i < at;) {
        const std::size_t open = line.find('"', i);
        if (open == std::string_view::npos || open >= at)
            return std::nullopt;
        const std::size_t close = closing_quote(line, open + 1);
        if (close >= at)
            return QuotedValue{open + 1, close, key_before(line.substr(0, open))};
        i = close + 1;
    }
    return std::nullopt;
}

std::optional<QuotedValue> quoted_value(std::string_view line, std::string_view key) {
    if (key.empty())
        return std::nullopt;
    for (std::size_t at = line.find(key); at != std::string_view::npos;
         at = line.find(key, at + 1)) {
        std::size_t i = at + key.size();
        const bool is_whole = at == 0 || !is_alphanumeric(line[at - 1]);
        if (i < line.size() && line[i] == '"')
            ++i;
        while (i < line.size() && line[i] == ' ')
            ++i;
        if (!is_whole || i >= line.size() || (line[i] != ':' && line[i] != '='))
            continue;
        ++i;
        while (i < line.size() && line[i] == ' ')
            ++i;
        if (i < line.size() && line[i] == '"')
            return QuotedValue{i + 1, closing_quote(line, i + 1), line.substr(at, key.size())};
    }
    return std::nullopt;
}

std::string unescaped(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size())
            append_escaped(value, ++i, text);
        else
            text += value[i];
    }
    return text;
}

std::optional<std::string> with_byte_list_as_text(std::string_view line) {
    constexpr std::string_view key = "\"MESSAGE\"";
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::size_t i = line.find_first_not_of(" :", at + key.size());
    if (i == std::string_view::npos || line[i] != '[')
        return std::nullopt;
    std::string text(line.substr(0, i));
    text += '"';
    while (++i < line.size() && line[i] != ']') {
        const auto code = leading_number(line.substr(i, 3));
        if (!code || *code > 0xFF)
            continue; // a comma or a blank
        const char c = static_cast<char>(*code);
        if (c == '"' || c == '\\')
            text += '\\';
        text += c;
        while (i + 1 < line.size() && is_digit(line[i + 1]))
            ++i;
    }
    text += '"';
    if (i < line.size())
        text += line.substr(i + 1);
    return text;
}

} // namespace rebolt::diagnose
