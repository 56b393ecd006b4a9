#include "schema/protobuf.hpp"

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

namespace rebolt::schema {
namespace {

struct Tag {
    std::uint64_t number;
    std::uint8_t type;
};

std::string stops(std::size_t offset, std::string_view why) {
    return fmt::format("the protobuf stops at byte {}: {}", offset, why);
}

// Takes `size` bytes at `at` into the field and moves `at` behind them.
ValueClause take(std::string_view message, std::size_t& at, std::uint64_t size, ProtoField& field) {
    const std::size_t left = message.size() - at;
    if (size > left)
        return stops(at, fmt::format("the field needs {} bytes, {} are left", size, left));
    field.bytes = message.substr(at, static_cast<std::size_t>(size));
    at += static_cast<std::size_t>(size);
    return std::nullopt;
}

// Reads what follows a tag. `at` stands behind the tag, then behind the field.
ValueClause read_payload(std::string_view message, std::size_t& at, Tag tag, ProtoField& field) {
    switch (tag.type) {
    case static_cast<std::uint8_t>(WireType::varint):
    case static_cast<std::uint8_t>(WireType::bytes): {
        const std::size_t start = at;
        const auto number = read_varint(message, at);
        if (!number)
            return stops(start, fmt::format("the varint of field {} does not end", tag.number));
        field.integer = *number;
        if (tag.type == static_cast<std::uint8_t>(WireType::varint))
            return std::nullopt;
        return take(message, at, *number, field);
    }
    case static_cast<std::uint8_t>(WireType::fixed64):
        return take(message, at, sizeof(std::uint64_t), field);
    case static_cast<std::uint8_t>(WireType::fixed32):
        return take(message, at, sizeof(std::uint32_t), field);
    default: // 3 and 4, groups, which proto3 does not have; 6 and 7 mean nothing
        return stops(at, fmt::format("field {} has wire type {}", tag.number, tag.type));
    }
}

ValueClause read_tag(std::string_view message, std::size_t& at, Tag& tag) {
    constexpr std::uint64_t number_max = (1U << 29U) - 1;
    const std::size_t start = at;
    const auto raw = read_varint(message, at);
    if (!raw)
        return stops(start, "the field number does not end");
    tag = {.number = *raw >> 3U, .type = static_cast<std::uint8_t>(*raw & 7U)};
    if (tag.number == 0 || tag.number > number_max)
        return stops(start, fmt::format("there is no field number {}", tag.number));
    return std::nullopt;
}

} // namespace

std::optional<std::uint64_t> read_varint(std::string_view bytes, std::size_t& at) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = at; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const std::size_t shift = 7 * (i - at);
        if (shift == 63 && byte > 1) // the tenth byte has one bit left
            return std::nullopt;
        number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            at = i + 1;
            return number;
        }
    }
    return std::nullopt;
}

ValueClause read_message(std::string_view message, std::span<const WireType> types,
                         std::span<ProtoField> fields) {
    for (std::size_t at = 0; at < message.size();) {
        const std::size_t start = at;
        Tag tag{};
        if (auto fault = read_tag(message, at, tag))
            return fault;
        ProtoField field{.is_present = true};
        if (auto fault = read_payload(message, at, tag, field))
            return fault;
        if (tag.number > types.size())
            continue;
        const std::size_t index = static_cast<std::size_t>(tag.number) - 1;
        if (tag.type != static_cast<std::uint8_t>(types[index]))
            return stops(start, fmt::format("field {} has wire type {}, expected {}", tag.number,
                                            tag.type, static_cast<unsigned>(types[index])));
        fields[index] = field;
    }
    return std::nullopt;
}

std::optional<NumberedField> next_field(std::string_view message, std::size_t& at) {
    Tag tag{};
    ProtoField field;
    if (read_tag(message, at, tag) || read_payload(message, at, tag, field))
        return std::nullopt;
    NumberedField read{tag.number, false, field.integer, field.bytes};
    switch (tag.type) {
    case static_cast<std::uint8_t>(WireType::bytes):
        read.is_bytes = true;
        break;
    case static_cast<std::uint8_t>(WireType::fixed64):
        read.integer = load<std::uint64_t>(as_bytes(field.bytes).data());
        break;
    case static_cast<std::uint8_t>(WireType::fixed32):
        read.integer = load<std::uint32_t>(as_bytes(field.bytes).data());
        break;
    default:
        break;
    }
    return read;
}

ValueClause judge_message(std::string_view message) {
    return read_message(message, {}, {});
}

} // namespace rebolt::schema
