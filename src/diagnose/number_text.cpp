#include "diagnose/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace rebolt::diagnose {

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
