#include "diagnose/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace rebolt::diagnose {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string_view first_word(std::string_view text) noexcept {
    return text.substr(0, text.find(' '));
}

// `2021-12-07T15:44:32…` or `2021-12-07 15:44:32…`.
bool begins_with_date(std::string_view text) noexcept {
    constexpr std::string_view shape = "dddd-dd-ddxdd:dd";
    if (text.size() < shape.size())
        return false;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == 'd'   ? !is_digit(text[i])
            : shape[i] == 'x' ? text[i] != 'T' && text[i] != ' '
                              : text[i] != shape[i])
            return false;
    return true;
}

// `Dec 07 15:44:32`: its length, or 0.
std::size_t month_day_time(std::string_view text) noexcept {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::size_t bytes = 15;
    if (text.size() <= bytes || text[bytes] != ' ' || text[3] != ' ' || text[9] != ':' ||
        text[12] != ':' || !is_digit(text[5]) || !is_digit(text[14]))
        return 0;
    const std::size_t at = months.find(text.substr(0, 3));
    return at != std::string_view::npos && at % 3 == 0 ? bytes : 0;
}

// `host dockerd[812]: `, or `dockerd[812]: `: takes it off.
bool take_program(StrippedLine& line) noexcept {
    const std::size_t colon = line.text.find(": ");
    const std::size_t end = colon != std::string_view::npos ? colon : line.text.find(':');
    if (end > 200) // or there is none
        return false;
    const std::string_view head = line.text.substr(0, end);
    const std::size_t bracket = head.rfind('[');
    if (bracket == std::string_view::npos || !head.ends_with(']') ||
        !std::ranges::all_of(head.substr(bracket + 1, head.size() - bracket - 2), is_digit))
        return false;
    const std::size_t space = head.rfind(' ', bracket);
    const std::string_view program =
        head.substr(space == std::string_view::npos ? 0 : space + 1,
                    bracket - (space == std::string_view::npos ? 0 : space + 1));
    if (program.empty() || std::ranges::count(head, ' ') > 1)
        return false;
    line.program = program;
    line.text.remove_prefix(
        std::min(end + (colon != std::string_view::npos ? 2 : 1), line.text.size()));
    return true;
}

// `2021-12-07T15:44:32.1Z stderr F `, or the time alone: takes it off.
bool take_date(StrippedLine& line) noexcept {
    if (!begins_with_date(line.text) || line.text[10] != 'T')
        return false;
    const std::string_view date = first_word(line.text);
    if (date.size() == line.text.size() || date.size() > 40)
        return false;
    line.time = date;
    line.text.remove_prefix(date.size() + 1);
    for (const std::string_view stream : {"stderr F ", "stdout F ", "stderr P ", "stdout P "})
        if (line.text.starts_with(stream))
            line.text.remove_prefix(stream.size());
    return true;
}

// `etcd-1  | `: takes it off.
bool take_service(StrippedLine& line) noexcept {
    const std::size_t bar = line.text.find('|');
    if (bar == std::string_view::npos || bar == 0 || bar > 80)
        return false;
    const std::string_view name = trimmed(line.text.substr(0, bar));
    const bool is_name = !name.empty() && std::ranges::none_of(name, [](char c) {
        return c == ' ' || c == '"' || c == '=' || c == '(' || c == '\t';
    });
    if (!is_name)
        return false;
    line.program = name;
    line.text.remove_prefix(bar + 1);
    if (line.text.starts_with(' '))
        line.text.remove_prefix(1);
    return true;
}

} // namespace

StrippedLine without_prefix(std::string_view text) noexcept {
    StrippedLine line{text, {}, {}};
    const std::size_t length = month_day_time(text);
    if (take_service(line))
        take_date(line);
    else if (take_date(line) || length == 0)
        take_program(line);
    else {
        line.text = text.substr(length + 1);
        if (take_program(line))
            line.time = text.substr(0, length);
        else
            line.text = text;
    }
    return line;
}

std::optional<std::string> unwrapped_json(std::string_view line) {
    constexpr std::string_view begin = R"({"log":")";
    if (!line.starts_with(begin))
        return std::nullopt;
    line.remove_prefix(begin.size());
    std::string text;
    for (std::size_t i = 0; i < line.size() && line[i] != '"'; ++i) {
        if (line[i] != '\\' || i + 1 == line.size()) {
            text += line[i];
            continue;
        }
        const char escaped = line[++i];
        if (escaped == 'u') {
            // Only what Go escapes so: <, > and &.
            std::uint32_t code = 0;
            const std::string_view digits = line.substr(i + 1, 4);
            std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
            text += code < 0x80 ? static_cast<char>(code) : '?';
            i += digits.size();
        } else
            text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? ' ' : escaped;
    }
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<std::uint64_t> leading_number(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data())
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view word) noexcept {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos)
        return std::nullopt;
    return leading_number(text.substr(at + word.size()));
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array units{"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < units.size(); ++unit)
        amount /= 1000;
    return unit == 0 ? fmt::format("{} bytes", bytes)
                     : fmt::format("{:.1f} {}", amount, units[unit]);
}

std::optional<std::string> as_printed_text(std::uint64_t number) {
    std::string text;
    for (std::uint64_t rest = number; rest != 0; rest >>= 8)
        text += static_cast<char>(rest & 0xFF);
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    // Ids of real pages are short: text is told by its length.
    if (text.size() < 6 || !std::ranges::all_of(text, [&](char c) {
            return printable(c) || c == '\n' || c == '\t' || c == '\r';
        }))
        return std::nullopt;
    std::ranges::replace_if(text, [&](char c) { return !printable(c); }, ' ');
    return text;
}

} // namespace rebolt::diagnose
