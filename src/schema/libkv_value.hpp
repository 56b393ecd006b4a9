// A libkv value: how dockerd's local-kv.db (and our store on bolt) keeps a
// payload together with the index that compare-and-swap compares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::schema {

inline constexpr std::size_t libkv_index_bytes = 8;

struct LibkvValue {
    std::uint64_t index;      ///< 0: u64 little-endian; counts writes of one opener, from 1
    std::string_view payload; ///< 8: the rest; empty for a directory marker
};

/// The two parts of a value, or nullopt if it is shorter than an index (libkv
/// itself panics there). The payload is valid as long as `value` is.
[[nodiscard]] std::optional<LibkvValue> parse_libkv_value(std::string_view value) noexcept;

/// The value's bytes.
[[nodiscard]] std::string make_libkv_value(const LibkvValue& value);

} // namespace rebolt::schema
