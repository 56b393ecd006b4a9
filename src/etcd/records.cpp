#include <rebolt/etcd/records.hpp>

#include <array>
#include <bit>
#include <cstring>

#include <rebolt/bytes.hpp>

#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::size_t revision_bytes = 17; // main, '_', sub; numbers big-endian
constexpr std::size_t number_bytes = 8;

std::int64_t big_endian(std::string_view bytes) {
    return static_cast<std::int64_t>(std::byteswap(load<std::uint64_t>(as_bytes(bytes).data())));
}

void put_big_endian(std::string& text, std::int64_t number) {
    const std::uint64_t swapped = std::byteswap(static_cast<std::uint64_t>(number));
    text.append(as_text(std::as_bytes(std::span(&swapped, 1))));
}

} // namespace

std::string stored_key(const Revision& revision, bool is_tombstone) {
    std::string key;
    put_big_endian(key, revision.main);
    key += '_';
    put_big_endian(key, revision.sub);
    if (is_tombstone)
        key += 't';
    return key;
}

std::optional<StoredRecord> parse_stored_key(std::string_view key) {
    const bool is_tombstone = key.size() == revision_bytes + 1 && key.back() == 't';
    if ((key.size() != revision_bytes && !is_tombstone) || key[number_bytes] != '_')
        return std::nullopt;
    StoredRecord record;
    record.revision = {big_endian(key), big_endian(key.substr(number_bytes + 1))};
    record.is_tombstone = is_tombstone;
    if (record.revision.main < 0 || record.revision.sub < 0)
        return std::nullopt;
    return record;
}

std::optional<KeyValue> parse_key_value(std::string_view value) {
    static constexpr std::array<KnownField, 6> known{{{1, WireType::bytes, "Key"},
                                                      {2, WireType::varint, "CreateRevision"},
                                                      {3, WireType::varint, "ModRevision"},
                                                      {4, WireType::varint, "Version"},
                                                      {5, WireType::bytes, "Value"},
                                                      {6, WireType::varint, "Lease"}}};
    KeyValue read;
    FieldReader reader(value, "KeyValue", known);
    while (const auto field = reader.next()) {
        const auto number = static_cast<std::int64_t>(field->integer);
        switch (field->number) {
        case 1:
            read.key = field->bytes;
            break;
        case 2:
            read.create_revision = number;
            break;
        case 3:
            read.mod_revision = number;
            break;
        case 4:
            read.version = number;
            break;
        case 5:
            read.value = field->bytes;
            break;
        case 6:
            read.lease = number;
            break;
        default:
            break;
        }
    }
    if (reader.fault())
        return std::nullopt;
    return read;
}

std::string encoded(const KeyValue& value) {
    std::string message;
    put_bytes_field(message, 1, value.key);
    put_varint_field(message, 2, static_cast<std::uint64_t>(value.create_revision));
    put_varint_field(message, 3, static_cast<std::uint64_t>(value.mod_revision));
    put_varint_field(message, 4, static_cast<std::uint64_t>(value.version));
    put_bytes_field(message, 5, value.value);
    put_varint_field(message, 6, static_cast<std::uint64_t>(value.lease));
    return message;
}

} // namespace rebolt::etcd
