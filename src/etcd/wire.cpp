#include "etcd/wire.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rebolt::etcd {
namespace {

constexpr std::uint64_t group_begin = 3;
constexpr std::uint64_t group_end = 4;
constexpr std::size_t group_depth_max = 64; // Go's stack has another bound; no writer has groups
constexpr unsigned varint_bits = 64;

} // namespace

// Bits beyond the 64th are dropped, as Go's shift does.
std::optional<std::uint64_t> FieldReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (shift >= varint_bits) {
            fail("proto: integer overflow");
            return std::nullopt;
        }
        if (at_ >= message_.size()) {
            fail_at_end();
            return std::nullopt;
        }
        const auto byte = static_cast<unsigned char>(message_[at_++]);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80)
            return value;
    }
}

bool FieldReader::skip_group() {
    std::size_t depth = 1;
    while (depth > 0) {
        const auto wire = varint();
        if (!wire)
            return false;
        const std::uint64_t type = *wire & 7U;
        if (type == group_end) {
            --depth;
        } else if (type == group_begin) {
            if (++depth > group_depth_max) {
                fail("proto: groups too deep");
                return false;
            }
        } else {
            WireField inside;
            if (!take(inside, type))
                return false;
        }
    }
    return true;
}

// Reads what follows a tag that begins no group.
bool FieldReader::take(WireField& field, std::uint64_t wire_type) {
    field.type = static_cast<WireType>(wire_type);
    std::uint64_t length = 0;
    switch (field.type) {
    case WireType::varint: {
        const auto value = varint();
        field.integer = value.value_or(0);
        return value.has_value();
    }
    case WireType::fixed64:
        length = 8;
        break;
    case WireType::fixed32:
        length = 4;
        break;
    case WireType::bytes: {
        const auto value = varint();
        if (!value)
            return false;
        length = *value;
        break;
    }
    default:
        fail(fmt::format("proto: illegal wireType {}", wire_type));
        return false;
    }
    if (length > 0x7FFF'FFFF'FFFF'FFFF) {
        fail("proto: negative length found during unmarshaling");
        return false;
    }
    if (length > message_.size() - at_) {
        fail_at_end();
        return false;
    }
    field.bytes = message_.substr(at_, length);
    at_ += length;
    return true;
}

bool FieldReader::is_of_known_type(std::uint64_t number, std::uint64_t type) {
    const auto at = std::ranges::find(known_, number, &KnownField::number);
    if (at == known_.end() || static_cast<std::uint64_t>(at->type) == type)
        return true;
    fail(fmt::format("proto: wrong wireType = {} for field {}", type, at->name));
    return false;
}

std::optional<WireField> FieldReader::next() {
    while (!fault_ && at_ < message_.size()) {
        const auto wire = varint();
        if (!wire)
            return std::nullopt;
        const std::uint64_t type = *wire & 7U;
        const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(*wire >> 3U));
        if (type == group_end) {
            fail(fmt::format("proto: {}: wiretype end group for non-group", name_));
            return std::nullopt;
        }
        if (number <= 0) {
            fail(fmt::format("proto: {}: illegal tag {} (wire type {})", name_, number, *wire));
            return std::nullopt;
        }
        if (!is_of_known_type(static_cast<std::uint64_t>(number), type))
            return std::nullopt;
        if (type == group_begin) {
            if (!skip_group())
                return std::nullopt;
            continue;
        }
        WireField field;
        field.number = static_cast<std::uint64_t>(number);
        if (!take(field, type))
            return std::nullopt;
        return field;
    }
    return std::nullopt;
}

namespace {

void put_varint(std::string& message, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U)
        message += static_cast<char>((value & 0x7FU) | 0x80U);
    message += static_cast<char>(value);
}

} // namespace

void put_varint_field(std::string& message, std::uint32_t number, std::uint64_t value) {
    if (value == 0)
        return;
    put_varint(message, std::uint64_t{number} << 3U);
    put_varint(message, value);
}

void put_bytes_field(std::string& message, std::uint32_t number, std::string_view value) {
    if (value.empty())
        return;
    put_varint(message, (std::uint64_t{number} << 3U) | 2U);
    put_varint(message, value.size());
    message += value;
}

} // namespace rebolt::etcd
