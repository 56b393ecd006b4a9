#include "etcd/object_meta.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::size_t depth_max = 24;

std::string text_of(std::string_view message, std::uint64_t number) {
    return std::string(read_bytes(message, number));
}

bool is_message(std::string_view bytes) {
    FieldReader reader(bytes, "");
    std::size_t fields = 0;
    while (reader.next())
        ++fields;
    return fields != 0 && !reader.fault();
}

std::map<std::string, std::string> read_map(std::string_view message, std::uint64_t number) {
    std::map<std::string, std::string> entries;
    FieldReader reader(message, "");
    while (const auto field = reader.next())
        if (field->number == number && field->type == WireType::bytes)
            entries[text_of(field->bytes, 1)] = text_of(field->bytes, 2);
    return entries;
}

bool has_fields_up_to(std::string_view message, std::uint64_t number) {
    FieldReader reader(message, "");
    while (const auto field = reader.next())
        if (field->number > number)
            return false;
    return !reader.fault();
}

} // namespace

bool is_text(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return (code >= 0x20 && code < 0x7f) || code == '\n' || code == '\t';
    });
}

std::string_view read_bytes(std::string_view message, std::uint64_t number) {
    std::string_view found;
    FieldReader reader(message, "");
    while (const auto field = reader.next())
        if (field->number == number && field->type == WireType::bytes)
            found = field->bytes;
    return found;
}

std::optional<Envelope> read_envelope(std::string_view message) {
    if (!is_message(message))
        return std::nullopt;
    const std::string_view type = read_bytes(message, 1);
    return Envelope{text_of(type, 1),    text_of(type, 2),    read_bytes(message, 2),
                    text_of(message, 3), text_of(message, 4), has_fields_up_to(message, 4)};
}

ObjectMeta read_object_meta(std::string_view raw) {
    const std::string_view meta = read_bytes(raw, 1);
    return {text_of(meta, 1), text_of(meta, 3), read_map(meta, 11)};
}

std::vector<NumberedField> numbered_fields(std::string_view message) {
    struct Open {
        FieldReader reader;
        std::string path;
    };
    std::vector<NumberedField> fields;
    std::vector<Open> open;
    open.push_back({FieldReader(message, ""), ""});
    while (!open.empty()) {
        const auto field = open.back().reader.next();
        if (!field) {
            open.pop_back();
            continue;
        }
        std::string path = fmt::format("{}{}", open.back().path, field->number);
        if (field->type == WireType::varint) {
            fields.push_back({std::move(path), field->integer, {}});
        } else if (field->type == WireType::bytes && !is_text(field->bytes) &&
                   open.size() < depth_max && is_message(field->bytes)) {
            open.push_back({FieldReader(field->bytes, ""), path + "."});
        } else {
            fields.push_back({std::move(path), std::nullopt, field->bytes});
        }
    }
    return fields;
}

} // namespace rebolt::etcd
