#include "cli/validators.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

Validator whole_number(std::uint64_t least, std::uint64_t most) {
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

Validator integer(std::int64_t least, std::int64_t most) {
    return {[least, most](const std::string& text) -> std::string {
                const auto number = parsed<std::int64_t>(text);
                if (number && *number >= least && *number <= most)
                    return {};
                return fmt::format("Value {} not in range {} to {}", text, least, most);
            },
            fmt::format("INT in [{} - {}]", least, most)};
}

Validator seconds_number(double least) {
    return {[least](const std::string& text) -> std::string {
                const auto number = parsed<double>(text);
                if (number && *number >= least && *number <= seconds_max)
                    return {}; // and nan is neither
                return fmt::format("{} is not a number of seconds from {} to {:.0f}", text, least,
                                   seconds_max);
            },
            ""};
}

Validator one_of(std::vector<std::string> names) {
    std::string set = fmt::format("{{{}}}", fmt::join(names, ","));
    return {[names = std::move(names), set](const std::string& text) -> std::string {
                if (std::ranges::find(names, text) != names.end())
                    return {};
                return text + " not in " + set;
            },
            set};
}

std::chrono::milliseconds to_milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

} // namespace rebolt::cli
