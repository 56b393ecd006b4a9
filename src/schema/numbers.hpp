// Numbers as Go's encoding/binary writes them.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include <rebolt/bytes.hpp>

namespace rebolt::schema {

/// The first eight bytes. The caller has checked that they are there.
[[nodiscard]] inline std::uint64_t big_endian(std::string_view bytes) noexcept {
    return std::byteswap(load<std::uint64_t>(as_bytes(bytes).data()));
}

[[nodiscard]] inline std::uint64_t little_endian(std::string_view bytes) noexcept {
    return load<std::uint64_t>(as_bytes(bytes).data());
}

} // namespace rebolt::schema
