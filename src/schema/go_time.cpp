#include "schema/go_time.hpp"

#include <bit>
#include <chrono>
#include <cstdint>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <rebolt/bytes.hpp>

namespace rebolt::schema {
namespace {

constexpr std::uint64_t year_10000 = 315'537'897'600;
constexpr std::uint64_t unix_epoch = 62'135'596'800; // in seconds since year 1

std::uint64_t seconds_of(std::string_view value) {
    return std::byteswap(load<std::uint64_t>(as_bytes(value).data() + 1));
}

} // namespace

// Version 1: seconds since year 1 (i64), nanoseconds (i32), zone in minutes
// (i16), big-endian. Version 2: and a byte with the zone's seconds.
ValueClause judge_go_time(std::string_view value) {
    constexpr std::uint32_t nanoseconds_limit = 1'000'000'000;
    constexpr std::size_t bytes_v1 = 15;
    if (value.empty())
        return "the time has no bytes";
    const auto version = static_cast<unsigned char>(value[0]);
    if (version != 1 && version != 2)
        return fmt::format("the time has version {}, expected 1 or 2", version);
    if (value.size() != bytes_v1 + version - 1U)
        return fmt::format("the time has {} bytes, expected {}", value.size(),
                           bytes_v1 + version - 1U);
    const auto nanoseconds = std::byteswap(load<std::uint32_t>(as_bytes(value).data() + 9));
    if (seconds_of(value) >= year_10000)
        return "the time lies outside the years 1 to 9999";
    if (nanoseconds >= nanoseconds_limit)
        return fmt::format("the time has {} nanoseconds in a second", nanoseconds);
    return std::nullopt;
}

std::optional<ReadableValue> readable_time(std::string_view value) {
    if (judge_go_time(value))
        return std::nullopt;
    const std::uint64_t seconds = seconds_of(value);
    if (seconds < unix_epoch)
        return std::nullopt;
    const std::chrono::sys_seconds time{
        std::chrono::seconds{static_cast<std::int64_t>(seconds - unix_epoch)}};
    return ReadableValue{.text = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", time)};
}

} // namespace rebolt::schema
