#include "etcd/kubernetes_decode.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/base64.hpp"
#include "etcd/wire.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt::etcd {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t nesting_max = 40; // what the table leads to is less deep

WireType wire_type_of(ApiType type) {
    switch (type) {
    case ApiType::boolean:
    case ApiType::integer:
        return WireType::varint;
    case ApiType::real:
        return WireType::fixed64;
    case ApiType::text:
    case ApiType::bytes:
    case ApiType::time:
    case ApiType::micro_time:
    case ApiType::quantity:
    case ApiType::int_or_string:
    case ApiType::json:
    case ApiType::texts:
    case ApiType::message:
        break;
    }
    return WireType::bytes;
}

// JSON text is UTF-8: of other bytes there is none.
std::optional<OrderedJson> text_json(std::string_view bytes) {
    OrderedJson json = std::string(bytes);
    try {
        (void)json.dump();
    } catch (const OrderedJson::exception&) {
        return std::nullopt;
    }
    return json;
}

// A small message's fields by number, if it has no others.
template <std::size_t Count>
std::optional<std::array<std::optional<WireField>, Count>>
fields_of(std::string_view bytes, const std::array<WireType, Count>& types) {
    std::array<std::optional<WireField>, Count> fields;
    FieldReader reader(bytes, "");
    while (const auto field = reader.next()) {
        if (field->number > Count || fields[field->number - 1] ||
            field->type != types[field->number - 1])
            return std::nullopt;
        fields[field->number - 1] = *field;
    }
    if (reader.fault())
        return std::nullopt;
    return fields;
}

std::optional<OrderedJson> time_json(std::string_view bytes, bool is_micro) {
    constexpr std::int64_t seconds_max = 253'402'300'799; // the year 9999
    constexpr std::int64_t seconds_min = -62'135'596'800; // the year 1
    const auto fields = fields_of<2>(bytes, {WireType::varint, WireType::varint});
    if (!fields)
        return std::nullopt;
    const auto& [whole, part] = *fields;
    const auto seconds = static_cast<std::int64_t>(whole ? whole->integer : 0);
    const std::uint64_t nanos = part ? part->integer : 0;
    if (seconds > seconds_max || seconds < seconds_min || nanos > 999'999'999 ||
        (nanos != 0 && !is_micro))
        return std::nullopt;
    const auto moment = fmt::gmtime(static_cast<std::time_t>(seconds));
    return is_micro ? fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", moment, nanos / 1000)
                    : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", moment);
}

std::optional<OrderedJson> int_or_string_json(std::string_view bytes) {
    const auto fields = fields_of<3>(bytes, {WireType::varint, WireType::varint, WireType::bytes});
    if (!fields)
        return std::nullopt;
    const auto& [type, integer, text] = *fields;
    const bool is_text = type && type->integer == 1;
    if (is_text)
        return text_json(text ? text->bytes : "");
    return OrderedJson(static_cast<std::int64_t>(integer ? integer->integer : 0));
}

std::optional<OrderedJson> sole_bytes(std::string_view bytes,
                                      std::optional<OrderedJson> (*read)(std::string_view)) {
    const auto fields = fields_of<1>(bytes, {WireType::bytes});
    if (!fields)
        return std::nullopt;
    return read((*fields)[0] ? (*fields)[0]->bytes : "");
}

std::optional<OrderedJson> quantity_json(std::string_view bytes) {
    return bytes.empty() ? OrderedJson("0") : text_json(bytes);
}

std::optional<OrderedJson> stored_json(std::string_view bytes) {
    auto json = schema::parse_ordered_json(bytes);
    if (!json)
        return std::nullopt;
    return std::move(*json);
}

std::optional<OrderedJson> texts_json(std::string_view bytes) {
    OrderedJson list = OrderedJson::array();
    FieldReader reader(bytes, "");
    while (const auto field = reader.next()) {
        auto text = text_json(field->bytes);
        if (field->number != 1 || field->type != WireType::bytes || !text)
            return std::nullopt;
        list.push_back(std::move(*text));
    }
    if (reader.fault())
        return std::nullopt;
    return list;
}

// nullopt: these bytes are not of the type.
std::optional<OrderedJson> value_json(ApiType type, const WireField& field) {
    switch (type) {
    case ApiType::text:
        return text_json(field.bytes);
    case ApiType::bytes:
        return to_base64(field.bytes);
    case ApiType::boolean:
        return OrderedJson(field.integer != 0);
    case ApiType::integer:
        return OrderedJson(static_cast<std::int64_t>(field.integer));
    case ApiType::real: {
        double value = 0;
        if (field.bytes.size() != sizeof value)
            return std::nullopt;
        std::memcpy(&value, field.bytes.data(), sizeof value);
        return OrderedJson(value);
    }
    case ApiType::time:
        return time_json(field.bytes, false);
    case ApiType::micro_time:
        return time_json(field.bytes, true);
    case ApiType::quantity:
        return sole_bytes(field.bytes, quantity_json);
    case ApiType::int_or_string:
        return int_or_string_json(field.bytes);
    case ApiType::json:
        return sole_bytes(field.bytes, stored_json);
    case ApiType::texts:
        return texts_json(field.bytes);
    case ApiType::message:
        break;
    }
    return std::nullopt;
}

bool is_zero(const OrderedJson& json) {
    return json == false || json == 0 || json == "" || json == 0.0;
}

class MessageDecoder {
public:
    DecodedMessage run(const ApiMessage& message, std::string_view bytes) {
        decode(message, bytes, result_.json, "");
        return std::move(result_);
    }

private:
    void decode(const ApiMessage& message, std::string_view bytes, OrderedJson& json,
                const std::string& path) {
        const std::size_t known_before = result_.unnamed.size();
        ++depth_;
        FieldReader reader(bytes, "");
        while (const auto field = reader.next()) {
            const ApiField* known = message.field(field->number);
            if (known == nullptr || depth_ > nesting_max ||
                wire_type_of(known->type) != field->type || !take(*known, *field, json, path))
                keep(*field, path);
        }
        --depth_;
        if (!reader.fault())
            return;
        // All of it, once.
        result_.unnamed.resize(known_before);
        result_.unnamed.push_back({path.empty() ? "." : path, bytes});
    }

    void keep(const WireField& field, const std::string& path) {
        const std::string number =
            fmt::format("{}{}{}", path, path.empty() ? "" : ".", field.number);
        result_.unnamed.push_back(
            {number, field.bytes, field.type == WireType::varint, field.integer});
    }

    // False: the field is kept as it is.
    bool take(const ApiField& known, const WireField& field, OrderedJson& json,
              const std::string& path) {
        if (known.shape == ApiShape::inlined) {
            decode(*known.message, field.bytes, json, path);
            return true;
        }
        const std::string name(known.name);
        const std::string place = path.empty() ? name : path + "." + name;
        switch (known.shape) {
        case ApiShape::list:
            return take_item(known, field, json[name], place);
        case ApiShape::map:
            return take_entry(known, field.bytes, json[name], place);
        case ApiShape::single:
        case ApiShape::inlined:
            break;
        }
        return !json.contains(name) && take_single(known, field, json, place);
    }

    bool take_single(const ApiField& known, const WireField& field, OrderedJson& json,
                     const std::string& place) {
        const bool is_time = known.type == ApiType::time || known.type == ApiType::micro_time;
        if (is_time && field.bytes.empty())
            return true; // the time that says none
        auto value = value_of(known, field, place);
        if (!value)
            return false;
        if (known.is_shown_if_zero || !is_zero(*value))
            json[std::string(known.name)] = std::move(*value);
        return true;
    }

    bool take_item(const ApiField& known, const WireField& field, OrderedJson& list,
                   const std::string& place) {
        auto value = value_of(known, field, fmt::format("{}[{}]", place, list.size()));
        if (list.is_null())
            list = OrderedJson::array();
        if (value)
            list.push_back(std::move(*value));
        return value.has_value();
    }

    bool take_entry(const ApiField& known, std::string_view bytes, OrderedJson& map,
                    const std::string& place) {
        if (map.is_null())
            map = OrderedJson::object();
        const auto fields = fields_of<2>(bytes, {WireType::bytes, wire_type_of(known.type)});
        if (!fields)
            return false;
        const auto key = text_json((*fields)[0] ? (*fields)[0]->bytes : "");
        if (!key)
            return false;
        const std::string& name = key->get_ref<const std::string&>();
        const std::string entry = place + "." + name;
        auto value = value_of(known, (*fields)[1].value_or(WireField{}), entry);
        if (!value || !entries_.insert(entry).second)
            return false;
        // map[name] would search among all before it
        map.get_ref<OrderedJson::object_t&>().emplace_back(name, std::move(*value));
        return true;
    }

    std::optional<OrderedJson> value_of(const ApiField& known, const WireField& field,
                                        const std::string& place) {
        if (known.type != ApiType::message)
            return value_json(known.type, field);
        OrderedJson json = OrderedJson::object();
        decode(*known.message, field.bytes, json, place);
        return json;
    }

    DecodedMessage result_;
    std::unordered_set<std::string> entries_; ///< of maps, by their places
    std::size_t depth_ = 0;
};

} // namespace

DecodedMessage decode_message(const ApiMessage& message, std::string_view bytes) {
    return MessageDecoder().run(message, bytes);
}

} // namespace rebolt::etcd
