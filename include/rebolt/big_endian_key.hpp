// Numbers as keys: big-endian, so that keys sort as their numbers do.
//
//   auto db = REBOLT_TRY(rebolt::DB::open("my.db"));
//   return db.update([](rebolt::Tx& tx) -> rebolt::Result<void> {
//       auto events = REBOLT_TRY(tx.create_bucket_if_missing("events"));
//       const std::uint64_t id = REBOLT_TRY(events.next_sequence());
//       REBOLT_TRY(events.put(rebolt::BigEndianKey(id), "started"));
//       const auto last = REBOLT_TRY(events.cursor().last());
//       if (!last || rebolt::big_endian_number(last->key) != id)
//           return rebolt::Error(rebolt::ErrorCode::key_not_found, "the event is lost");
//       return {};
//   });
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace rebolt {

/// A number's key of sizeof(T) bytes; converts to a byte string, which is valid as long
/// as this object. `BigEndianKey(7)` has eight bytes, `BigEndianKey<std::uint32_t>(7)` four.
template <std::unsigned_integral T = std::uint64_t>
class BigEndianKey {
public:
    explicit constexpr BigEndianKey(std::type_identity_t<T> number) noexcept {
        for (std::size_t i = sizeof(T); i-- > 0; number = static_cast<T>(number >> 8U))
            bytes_[i] = static_cast<char>(number & 0xFFU);
    }

    // NOLINTNEXTLINE(google-explicit-constructor): to be passed where a key is asked for
    [[nodiscard]] constexpr operator std::string_view() const noexcept {
        return {bytes_.data(), bytes_.size()};
    }

private:
    std::array<char, sizeof(T)> bytes_{};
};

/// The number of such a key; nullopt if the key has another length.
template <std::unsigned_integral T = std::uint64_t>
[[nodiscard]] constexpr std::optional<T> big_endian_number(std::string_view key) noexcept {
    if (key.size() != sizeof(T))
        return std::nullopt;
    std::uint64_t number = 0;
    for (const char byte : key)
        number = number << 8U | static_cast<unsigned char>(byte);
    return static_cast<T>(number);
}

} // namespace rebolt
