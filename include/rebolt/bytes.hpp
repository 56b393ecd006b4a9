// Byte strings: how file content is passed around.
//
// Content of pages is a `Bytes` (a span of std::byte). Keys and values are
// byte strings carried in std::string_view: any byte may occur in them, and
// std::string_view compares as unsigned bytes, which is bbolt's key order. Where a
// key or a value is asked for, a ByteRange does as well.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>

namespace rebolt {

using Bytes = std::span<const std::byte>;

/// The same bytes as a byte string. Valid as long as `bytes` is.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes in a row that are no text: std::span<const std::byte>,
/// std::vector<std::uint8_t>, std::array<std::byte, 8>, ….
template <class T>
concept ByteRange = requires(const T& bytes) {
    { std::size(bytes) } -> std::convertible_to<std::size_t>;
    requires std::same_as<std::remove_cvref_t<decltype(*std::data(bytes))>, std::byte> ||
                 std::same_as<std::remove_cvref_t<decltype(*std::data(bytes))>, unsigned char>;
};

/// The same bytes as a byte string. Valid as long as those of `bytes`.
template <ByteRange T>
[[nodiscard]] std::string_view as_text(const T& bytes) noexcept {
    return {reinterpret_cast<const char*>(std::data(bytes)), std::size(bytes)};
}

/// What is a byte string already.
[[nodiscard]] inline std::string_view as_text(std::string_view text) noexcept {
    return text;
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
