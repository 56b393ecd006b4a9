// The protobuf wire format, as far as a judge needs it: do the fields of one
// message fit its bytes, and have the known ones the type they were given.
// By hand, because that is sixty lines: no schema compiler, no messages built.
// https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct ProtoField {
    bool is_present = false;
    std::uint64_t integer = 0;   ///< of a varint or fixed field
    std::string_view bytes = {}; ///< of a bytes field; part of the message
};

/// Reads the base-128 varint at `at` and moves `at` behind it, or returns
/// nullopt (and leaves `at`) if it does not end or exceeds 64 bits.
[[nodiscard]] std::optional<std::uint64_t> read_varint(std::string_view bytes,
                                                       std::size_t& at) noexcept;

/// Walks a message. `types[i]` is the wire type of field i + 1, `fields[i]`
/// receives its last occurrence; both are of one length. Fields with higher
/// numbers are stepped over: later versions may have added them. Nested
/// messages are bytes here.
[[nodiscard]] ValueClause read_message(std::string_view message, std::span<const WireType> types,
                                       std::span<ProtoField> fields);

/// One field of a message of which only the format is known.
struct NumberedField {
    std::uint64_t number;
    bool is_bytes;
    std::uint64_t integer;
    std::string_view bytes;
};
/// Reads the field at `at` and moves `at` behind it; nullopt if it is not whole.
[[nodiscard]] std::optional<NumberedField> next_field(std::string_view message, std::size_t& at);

/// Walks a message of which only the format is known.
[[nodiscard]] ValueClause judge_message(std::string_view message);

} // namespace rebolt::schema
