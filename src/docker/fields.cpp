#include "docker/fields.hpp"

#include <utility>

#include <fmt/format.h>

namespace rebolt::docker {
namespace {

std::string_view go_type(const Json* value) {
    if (value == nullptr || value->is_null())
        return "nil";
    if (value->is_string())
        return "string";
    if (value->is_boolean())
        return "bool";
    if (value->is_number())
        return "float64";
    return value->is_array() ? "[]interface {}" : "map[string]interface {}";
}

std::string_view json_type(const Json& value) {
    return value.is_boolean() ? "bool" : std::string_view(value.type_name());
}

} // namespace

Fields::Fields(Json& json, Direction direction, Decoding decoding)
    : json_(json), direction_(direction), decoding_(decoding) {
    if (json_.is_object())
        return;
    if (is_reading())
        fail({fmt::format(
                  "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                  json_type(json_)),
              false});
    else
        json_ = Json::object();
}

void Fields::fail(RecordFault fault) {
    if (!fault_)
        fault_ = std::move(fault);
}

Json* Fields::find(std::string_view name) {
    if (!json_.is_object())
        return nullptr;
    const auto at = json_.find(std::string(name));
    return at == json_.end() ? nullptr : &*at;
}

bool Fields::must_write(std::string_view name, Need need, bool says_something) {
    const bool is_due = need != Need::optional && direction_ == Direction::writing_new;
    return is_due || says_something || find(name) != nullptr;
}

void Fields::wrong_type(std::string_view name, const Json* value, std::string_view wanted) {
    switch (decoding_) {
    case Decoding::by_assertion:
        return fail({fmt::format("interface conversion: interface {{}} is {}, not {} (field {})",
                                 go_type(value), wanted, name),
                     true});
    case Decoding::by_struct:
        if (value != nullptr && !value->is_null())
            fail({fmt::format("json: cannot unmarshal {} into Go struct field {} of type {}",
                              json_type(*value), name, wanted),
                  false});
        return;
    case Decoding::leniently:
        return;
    }
}

void Fields::text(std::string_view name, std::string& value, Need need) {
    Json* field = find(name);
    if (!is_reading()) {
        const bool same =
            field != nullptr && field->is_string() && field->get_ref<const std::string&>() == value;
        const bool still_null = field != nullptr && field->is_null() && value.empty();
        if (!same && !still_null && must_write(name, need, !value.empty()))
            json_[std::string(name)] = value;
        return;
    }
    if (field != nullptr && field->is_string())
        value = field->get<std::string>();
    else if (field != nullptr || need == Need::required)
        wrong_type(name, field, "string");
}

void Fields::flag(std::string_view name, bool& value, Need need) {
    Json* field = find(name);
    if (!is_reading()) {
        if (must_write(name, need, value) && (field == nullptr || *field != Json(value)))
            json_[std::string(name)] = value;
        return;
    }
    if (field != nullptr && field->is_boolean())
        value = field->get<bool>();
    else if (field != nullptr || need == Need::required)
        wrong_type(name, field, "bool");
}

void Fields::number(std::string_view name, std::int64_t& value, Need need) {
    Json* field = find(name);
    if (!is_reading()) {
        if (must_write(name, need, value != 0) && (field == nullptr || *field != Json(value)))
            json_[std::string(name)] = value;
        return;
    }
    if (field != nullptr && field->is_number_integer())
        value = field->get<std::int64_t>();
    else if (field == nullptr ? need == Need::required : !field->is_number_float())
        wrong_type(name, field, decoding_ == Decoding::by_struct ? "int" : "float64");
}

void Fields::count(std::string_view name, std::uint64_t& value) {
    Json* field = find(name);
    if (!is_reading()) {
        if (field == nullptr || *field != Json(value))
            json_[std::string(name)] = value;
        return;
    }
    if (field != nullptr && field->is_number_unsigned())
        value = field->get<std::uint64_t>();
    else if (field != nullptr)
        wrong_type(name, field, "uint64");
}

void Fields::texts(std::string_view name, std::vector<std::string>& values, Need need) {
    Json* field = find(name);
    if (!is_reading()) {
        const bool still_null = field != nullptr && field->is_null() && values.empty();
        if (!still_null && must_write(name, need, !values.empty()) &&
            (field == nullptr || *field != Json(values)))
            json_[std::string(name)] = values;
        return;
    }
    if (field == nullptr || field->is_null())
        return;
    if (!field->is_array())
        return wrong_type(name, field, "[]string");
    for (const Json& element : *field) {
        if (element.is_string())
            values.push_back(element.get<std::string>());
        else
            wrong_type(name, &element, "string");
    }
}

void Fields::text_map(std::string_view name, TextMap& values, Need need) {
    Json* field = find(name);
    if (!is_reading()) {
        TextMap now;
        if (field != nullptr && field->is_object())
            for (const auto& [key, value] : field->items())
                if (value.is_string())
                    now[key] = value.get<std::string>();
        const bool is_there = field != nullptr && (field->is_object() || values.empty());
        if ((!is_there || now != values) && must_write(name, need, !values.empty()))
            json_[std::string(name)] = Json(values);
        return;
    }
    if (field == nullptr || !field->is_object())
        return; // libnetwork passes over it
    for (const auto& [key, value] : field->items()) {
        if (value.is_string())
            values[key] = value.get<std::string>();
        else
            wrong_type(name, &value, "string");
    }
}

void Fields::untouched(std::string_view name, const Json& of_new_record) {
    if (direction_ == Direction::writing_new)
        json_[std::string(name)] = of_new_record;
}

void Fields::object(std::string_view name, bool& present, Decoding decoding,
                    const std::function<void(Fields&)>& visit) {
    Json* field = find(name);
    if (is_reading()) {
        present = field != nullptr && field->is_object();
        if (!present) {
            if (field != nullptr && !field->is_null())
                wrong_type(name, field, "map[string]interface {}");
            return;
        }
    } else if (!present) {
        if (field == nullptr && direction_ == Direction::writing_new)
            json_[std::string(name)] = nullptr;
        return;
    }
    Fields inner(json_[std::string(name)], direction_, decoding);
    visit(inner);
    adopt(inner);
}

std::optional<Json> Fields::parse_text_field(std::string_view name) {
    Json* field = find(name);
    if (field == nullptr)
        return std::nullopt;
    if (!field->is_string()) {
        if (is_reading())
            wrong_type(name, field, "string");
        return std::nullopt;
    }
    auto parsed = parse_go_json(field->get_ref<const std::string&>());
    if (parsed)
        return std::move(*parsed);
    if (is_reading())
        fail({parsed.error(), false});
    return std::nullopt;
}

void Fields::object_in_text(std::string_view name, const std::function<void(Fields&)>& visit) {
    std::optional<Json> object = parse_text_field(name);
    if (!object && is_reading())
        return;
    if (!object)
        object = Json::object();
    Fields inner(*object, direction_, Decoding::by_struct);
    if (!inner.fault())
        visit(inner);
    adopt(inner);
    if (!is_reading())
        json_[std::string(name)] = to_go_json(*object);
}

bool Fields::has(std::string_view name) const {
    return json_.is_object() && json_.contains(std::string(name));
}

std::vector<std::string> Fields::names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : json_.items())
        names.push_back(name);
    return names;
}

void Fields::adopt(const Fields& inner) {
    if (inner.fault())
        fail(*inner.fault());
}

} // namespace rebolt::docker
