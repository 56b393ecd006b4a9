#include "cli/numbers.hpp"

#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

constexpr double seconds_max = 1e9;

template <class Number>
std::optional<Number> parsed(const std::string& text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || last != end)
        return std::nullopt;
    return number;
}

} // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    return {[least, most](const std::string& text) -> std::string {
                const auto number = parsed<std::uint64_t>(text);
                if (number && *number >= least && *number <= most)
                    return {};
                if (most == std::numeric_limits<std::uint64_t>::max())
                    return fmt::format("{} is not a whole number from {} on", text, least);
                return fmt::format("{} is not a whole number from {} to {}", text, least, most);
            },
            ""};
}

CLI::Validator seconds_number(double least) {
    return {[least](const std::string& text) -> std::string {
                const auto number = parsed<double>(text);
                if (number && *number >= least && *number <= seconds_max)
                    return {}; // and nan is neither
                return fmt::format("{} is not a number of seconds from {} to {:.0f}", text, least,
                                   seconds_max);
            },
            ""};
}

std::chrono::milliseconds to_milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

} // namespace rebolt::cli
