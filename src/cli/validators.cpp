#include "cli/validators.hpp"

#include <algorithm>
#include <bit>
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
                    return fmt::format("expected an integer ≥ {}, got {}", least, text);
                return fmt::format("expected an integer from {} to {}, got {}", least, most, text);
            },
            "N"};
}

Validator integer(std::int64_t least, std::int64_t most) {
    return {[least, most](const std::string& text) -> std::string {
                const auto number = parsed<std::int64_t>(text);
                if (number && *number >= least && *number <= most)
                    return {};
                return fmt::format("expected an integer from {} to {}, got {}", least, most, text);
            },
            "N"};
}

Validator seconds_number(double least) {
    return {[least](const std::string& text) -> std::string {
                const auto number = parsed<double>(text);
                if (number && *number >= least && *number <= seconds_max)
                    return {}; // and nan is neither
                return fmt::format("expected seconds from {} to {:.0f}, got {}", least, seconds_max,
                                   text);
            },
            "SECONDS"};
}

Validator fraction(double least, double most) {
    return {[least, most](const std::string& text) -> std::string {
                const auto number = parsed<double>(text);
                if (number && *number >= least && *number <= most)
                    return {};
                return fmt::format("expected a number from {} to {}, got {}", least, most, text);
            },
            "FRACTION"};
}

Validator page_bytes() {
    return {[](const std::string& text) -> std::string {
                constexpr std::uint32_t least = 512;
                constexpr std::uint32_t most = 65536;
                const auto number = parsed<std::uint32_t>(text);
                if (number && (*number == 0 || (std::has_single_bit(*number) && *number >= least &&
                                                *number <= most)))
                    return {};
                return fmt::format("expected a power of two from {} to {}, or 0, got {}", least,
                                   most, text);
            },
            "BYTES"};
}

Validator one_of(std::vector<std::string> names) {
    std::string list = fmt::format("{}", fmt::join(names, "|"));
    return {[names = std::move(names), list](const std::string& text) -> std::string {
                if (std::ranges::find(names, text) != names.end())
                    return {};
                return fmt::format("expected one of {}, got {}", list, text);
            },
            list};
}

Validator database_path() {
    return {[](const std::string& text) -> std::string {
                return text == "-" ? "a database is read at many places, so not from standard "
                                     "input: save it to a file first (a file of that name: ./-)"
                                   : "";
            },
            ""};
}

std::chrono::milliseconds to_milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

} // namespace rebolt::cli
