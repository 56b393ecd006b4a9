// Values as containerd's Go code writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::containerd {

/// encoding/binary's varint, signed. nullopt if it is none.
[[nodiscard]] std::optional<std::int64_t> read_signed(std::string_view value);

/// time.Time.MarshalBinary as RFC 3339 in UTC; empty if it is none.
[[nodiscard]] std::string read_time(std::string_view value);

/// The seconds of what read_time() gave. nullopt if it is empty.
[[nodiscard]] std::optional<std::chrono::sys_seconds> seconds_of(const std::string& time);

} // namespace rebolt::containerd
