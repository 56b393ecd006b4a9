#include "diagnose/prefix.hpp"

#include <algorithm>
#include <array>

#include "diagnose/line_text.hpp"
#include "diagnose/programs.hpp"

namespace rebolt::diagnose {
namespace {

constexpr char any_number = '\x01';
constexpr char any_hex = '\x02';
constexpr std::size_t hex_digits_min = 12; ///< shorter ones are words: `dead`, `cafe`
constexpr char any_blanks = ' ';

bool is_of_name(char c) noexcept {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}

std::size_t run_end(std::string_view text, std::size_t begin, bool (*is_of)(char)) noexcept {
    while (begin < text.size() && is_of(text[begin]))
        ++begin;
    return begin;
}

bool is_number(char c) {
    return is_digit(c);
}

bool is_blank(char c) {
    return c == ' ';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

// Where a long number in hexadecimal digits ends: an id, or a time as daemontools
// write it, or any with `0x`; `begin` if there is none.
std::size_t hex_end(std::string_view text, std::size_t begin) noexcept {
    if (text.substr(begin).starts_with("0x"))
        if (const std::size_t end = run_end(text, begin + 2, is_hex); end > begin + 2)
            return end;
    const std::size_t end = run_end(text, begin, is_hex);
    const bool is_whole = end == text.size() || !is_alphanumeric(text[end]);
    return is_whole && end - begin >= hex_digits_min ? end : begin;
}

std::string_view name_ending_at(std::string_view text, std::size_t end) noexcept {
    std::size_t begin = end;
    while (begin > 0 && is_of_name(text[begin - 1]))
        --begin;
    return text.substr(begin, end - begin);
}

// `dockerd` of `dockerd[812]`.
std::string_view name_with_process(std::string_view prefix) noexcept {
    for (std::size_t open = prefix.find('['); open != std::string_view::npos;
         open = prefix.find('[', open + 1)) {
        const std::size_t end = run_end(prefix, open + 1, is_number);
        const std::string_view name = name_ending_at(prefix, open);
        if (end > open + 1 && end < prefix.size() && prefix[end] == ']' && !name.empty())
            return name;
    }
    return {};
}

// The last name of a program that is known, with nothing of a name beside it.
std::string_view known_name(std::string_view prefix) noexcept {
    std::string_view found;
    for (std::size_t i = 0; i < prefix.size();) {
        const std::size_t end = run_end(prefix, i, [](char c) { return is_alphanumeric(c); });
        const std::string_view name = prefix.substr(i, end - i);
        if (is_known_program(name))
            found = name;
        i = std::max(end, i + 1);
    }
    return found;
}

// What stands where a program's name could, and is none.
constexpr std::array<std::string_view, 12> no_programs{"err",  "error",   "fatal",  "panic",
                                                       "warn", "warning", "info",   "debug",
                                                       "http", "stderr",  "stdout", "log"};

bool is_letter(char c, char lower) noexcept {
    return c == lower || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == lower);
}

// `app` of `host app: `, `app  | ` and `[app] `.
std::string_view last_name(std::string_view prefix) noexcept {
    while (!prefix.empty() && !is_of_name(prefix.back()))
        prefix.remove_suffix(1);
    const std::string_view name = name_ending_at(prefix, prefix.size());
    const bool has_letter =
        std::ranges::any_of(name, [](char c) { return is_alphanumeric(c) && !is_digit(c); });
    const bool is_name = has_letter && name.size() > 2 && !is_digit(name.front());
    const bool is_other = std::ranges::any_of(no_programs, [&](std::string_view one) {
        return std::ranges::equal(name, one, is_letter);
    });
    return is_name && !is_other ? name : std::string_view{};
}

// The time around `15:44:32`: its date before it, its fraction and zone after.
std::string_view time_in(std::string_view prefix) noexcept {
    const auto has_digits = [&](std::size_t at) {
        return at + 1 < prefix.size() && is_digit(prefix[at]) && is_digit(prefix[at + 1]);
    };
    std::size_t at = 0;
    while (at + 8 <= prefix.size() &&
           !(has_digits(at) && prefix[at + 2] == ':' && has_digits(at + 3) &&
             prefix[at + 5] == ':' && has_digits(at + 6)))
        ++at;
    if (at + 8 > prefix.size())
        return {};
    const std::size_t open = prefix.substr(0, at).find_last_of("[]<>(\"|=");
    std::size_t begin = open == std::string_view::npos ? 0 : open + 1;
    while (begin < at && prefix[begin] == ' ')
        ++begin;
    constexpr std::size_t date_bytes_max = 20;
    const bool has_date = at > 0 && prefix[at - 1] == 'T';
    if (has_date || at - begin > date_bytes_max) {
        const std::size_t blank = prefix.substr(0, at).find_last_of(" \t");
        begin = blank == std::string_view::npos ? begin : std::max(begin, blank + 1);
    }
    const std::size_t end = prefix.find_first_of(" \t]\"|)", at);
    return prefix.substr(begin, end == std::string_view::npos ? end : end - begin);
}

} // namespace

std::string_view known_program_in(std::string_view name) noexcept {
    return known_name(name);
}

PrefixShape::PrefixShape(std::string_view prefix) : is_too_long_(prefix.size() > bytes_max) {
    if (is_too_long_)
        return;
    for (std::size_t i = 0; i < prefix.size();) {
        if (const std::size_t hex = hex_end(prefix, i); hex > i) {
            shape_ += any_hex;
            i = hex;
            continue;
        }
        const std::size_t end =
            std::max(run_end(prefix, i, is_number), run_end(prefix, i, is_blank));
        shape_ += end == i ? prefix[i] : is_digit(prefix[i]) ? any_number : any_blanks;
        i = std::max(end, i + 1);
    }
}

std::optional<std::size_t> PrefixShape::length_in(std::string_view line) const noexcept {
    if (is_too_long_)
        return std::nullopt;
    std::size_t at = 0;
    for (std::size_t i = 0; i < shape_.size(); ++i) {
        const char open = shape_[i];
        const std::size_t end = open == any_hex      ? hex_end(line, at)
                                : open == any_number ? run_end(line, at, is_number)
                                : open == any_blanks ? run_end(line, at, is_blank)
                                : at < line.size() && line[at] == open ? at + 1
                                                                       : at;
        if (end > at) {
            at = end;
            continue;
        }
        const bool is_last = i + 1 == shape_.size();
        if (is_last && shape_[i] == any_blanks && at == line.size())
            return at;
        // Go leaves out the zeros that end a fraction, and then its point too.
        if (shape_[i] != '.' || is_last || shape_[i + 1] != any_number)
            return std::nullopt;
        ++i;
    }
    return at;
}

PrefixOrigin origin_of_line(std::string_view line) noexcept {
    line = line.substr(0, PrefixShape::bytes_max);
    PrefixOrigin origin{name_with_process(line), time_in(line)};
    if (origin.program.empty())
        origin.program = known_name(line);
    return origin;
}

PrefixOrigin origin_in(std::string_view prefix) noexcept {
    prefix = prefix.substr(0, PrefixShape::bytes_max);
    PrefixOrigin origin = origin_of_line(prefix);
    // What is before a field's value is its key.
    const bool is_field = contains(prefix, "\"") || prefix.ends_with('=');
    if (origin.program.empty() && !is_field)
        origin.program = last_name(prefix);
    for (const std::string_view suffix : {".service", ".scope"})
        if (origin.program.ends_with(suffix))
            origin.program.remove_suffix(suffix.size());
    return origin;
}

} // namespace rebolt::diagnose
