// Byte strings: how file content is passed around.
//
// Content of pages is a `Bytes` (a span of std::byte). Keys and values are
// byte strings carried in std::string_view: any byte may occur in them, and
// std::string_view compares as unsigned bytes, which is bbolt's key order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace rebolt {

using Bytes = std::span<const std::byte>;

/// The same bytes as a byte string. Valid as long as `bytes` is.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The same bytes as page content. Valid as long as `text` is.
[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Reads a T from `at`, which need not be aligned. The caller has checked
/// that sizeof(T) bytes are there.
template <class T>
[[nodiscard]] inline T load(const std::byte* at) noexcept {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
}

/// left < right as unsigned bytes: what `<` says, inline and eight bytes at a
/// time. For loops over keys, where a call a key would cost more than the work.
[[nodiscard]] inline bool is_less(std::string_view left, std::string_view right) noexcept {
    const std::size_t common = left.size() < right.size() ? left.size() : right.size();
    std::size_t at = 0;
    for (; at + 8 <= common; at += 8) {
        std::uint64_t l = 0;
        std::uint64_t r = 0;
        std::memcpy(&l, left.data() + at, 8);
        std::memcpy(&r, right.data() + at, 8);
        if (l != r)
            return std::byteswap(l) < std::byteswap(r);
    }
    return left.substr(at) < right.substr(at);
}

} // namespace rebolt
