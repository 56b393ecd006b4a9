// Numbers that must not be mixed up: page ids and transaction ids.
#pragma once

#include <compare>
#include <cstdint>

namespace rebolt {

/// A page's number: page N starts at byte N × page size.
enum class PageId : std::uint64_t {};

/// A transaction's number. Transaction T writes meta page T mod 2.
enum class TxId : std::uint64_t {};

[[nodiscard]] constexpr std::uint64_t number(PageId id) noexcept {
    return static_cast<std::uint64_t>(id);
}

[[nodiscard]] constexpr std::uint64_t number(TxId id) noexcept {
    return static_cast<std::uint64_t>(id);
}

/// What a meta page holds in its freelist field when no freelist was stored
/// (bbolt: Options.NoFreelistSync).
inline constexpr PageId no_freelist{0xFFFF'FFFF'FFFF'FFFF};

} // namespace rebolt
