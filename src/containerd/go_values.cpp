#include "containerd/go_values.hpp"

#include <bit>
#include <charconv>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

#include "schema/protobuf.hpp"

namespace rebolt::containerd {

std::optional<std::int64_t> read_signed(std::string_view value) {
    std::size_t at = 0;
    const auto raw = schema::read_varint(value, at);
    if (!raw || at != value.size())
        return std::nullopt;
    return static_cast<std::int64_t>(*raw >> 1U) ^ -static_cast<std::int64_t>(*raw & 1U);
}

// Version, seconds since the year 1, nanoseconds, zone: big-endian.
std::string read_time(std::string_view value) {
    constexpr std::size_t bytes_min = 15;
    constexpr std::uint64_t year_1970 = 62'135'596'800;
    constexpr std::uint64_t year_10000 = 315'537'897'600;
    if (value.size() < bytes_min || (value[0] != 1 && value[0] != 2))
        return "";
    const std::uint64_t seconds = std::byteswap(load<std::uint64_t>(as_bytes(value).data() + 1));
    if (seconds < year_1970 || seconds >= year_10000)
        return "";
    const std::chrono::sys_seconds time{std::chrono::seconds{seconds - year_1970}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<std::chrono::sys_seconds> seconds_of(const std::string& time) {
    if (time.size() != std::string_view("2026-11-28T06:00:00Z").size())
        return std::nullopt;
    const auto number_at = [&](std::size_t at, std::size_t digits) {
        int number = 0;
        std::from_chars(time.data() + at, time.data() + at + digits, number);
        return number;
    };
    const std::chrono::year_month_day date{
        std::chrono::year{number_at(0, 4)},
        std::chrono::month{static_cast<unsigned>(number_at(5, 2))},
        std::chrono::day{static_cast<unsigned>(number_at(8, 2))}};
    return std::chrono::sys_days{date} + std::chrono::hours{number_at(11, 2)} +
           std::chrono::minutes{number_at(14, 2)} + std::chrono::seconds{number_at(17, 2)};
}

} // namespace rebolt::containerd
