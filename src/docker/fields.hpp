// Fields: one list of a record's fields, used for reading and for writing.
//
// Reading is as strict as libnetwork: most kinds are decoded by type
// assertions, which panic; some by Go's decoder, which returns an error.
// Writing changes only what differs from the JSON the record was read from, so
// order and unknown fields stay.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <rebolt/docker/records.hpp>

#include "docker/go_json.hpp"

namespace rebolt::docker {

enum class Need : unsigned char {
    required, ///< libnetwork fails without it
    written,  ///< may be missing in a file; a new record has it
    optional, ///< written only when it says something
};

/// How libnetwork decodes a kind, and so what a wrong type does.
enum class Decoding : unsigned char { by_assertion, by_struct, leniently };

class Fields {
public:
    enum class Direction : unsigned char { reading, writing, writing_new };

    /// `json` must outlive it. One that is no object is a fault of reading.
    Fields(Json& json, Direction direction, Decoding decoding);

    void text(std::string_view name, std::string& value, Need need = Need::written);
    void flag(std::string_view name, bool& value, Need need = Need::written);
    void number(std::string_view name, std::int64_t& value, Need need = Need::written);
    void count(std::string_view name, std::uint64_t& value);
    void texts(std::string_view name, std::vector<std::string>& values, Need need = Need::optional);
    void text_map(std::string_view name, TextMap& values, Need need = Need::written);

    /// A field that rebolt does not look at: written into a new record.
    void untouched(std::string_view name, const Json& of_new_record);

    /// An object inside; null or missing leaves `present` false.
    void object(std::string_view name, bool& present, Decoding decoding,
                const std::function<void(Fields&)>& visit);

    /// An array of objects; null or missing gives none.
    template <class T, class Visit>
    void list(std::string_view name, std::vector<T>& values, Decoding decoding, Visit&& visit);
    /// The same for an array that is encoded as JSON in a string.
    template <class T, class Visit>
    void list_in_text(std::string_view name, std::vector<T>& values, Visit&& visit);
    /// An object that is encoded as JSON in a string.
    void object_in_text(std::string_view name, const std::function<void(Fields&)>& visit);

    [[nodiscard]] bool has(std::string_view name) const;
    /// All that are there.
    [[nodiscard]] std::vector<std::string> names() const;

    [[nodiscard]] bool is_reading() const noexcept { return direction_ == Direction::reading; }
    [[nodiscard]] const std::optional<RecordFault>& fault() const noexcept { return fault_; }
    void fail(RecordFault fault);

private:
    [[nodiscard]] Json* find(std::string_view name);
    [[nodiscard]] bool must_write(std::string_view name, Need need, bool says_something);
    void wrong_type(std::string_view name, const Json* value, std::string_view wanted);
    [[nodiscard]] std::optional<Json> parse_text_field(std::string_view name);
    void adopt(const Fields& inner);
    template <class T, class Visit>
    void read_list(Json& array, std::vector<T>& values, Decoding decoding, Visit&& visit);
    template <class T, class Visit>
    void write_list(Json& array, const std::vector<T>& values, Decoding decoding, Visit&& visit);

    Json& json_;
    Direction direction_;
    Decoding decoding_;
    std::optional<RecordFault> fault_;
};

template <class T, class Visit>
void Fields::read_list(Json& array, std::vector<T>& values, Decoding decoding, Visit&& visit) {
    for (Json& element : array) {
        Fields inner(element, direction_, decoding); // NOLINT(misc-const-correctness): visit's
        T value{};
        if (!inner.fault())
            visit(inner, value);
        adopt(inner);
        values.push_back(std::move(value));
    }
}

template <class T, class Visit>
void Fields::write_list(Json& array, const std::vector<T>& values, Decoding decoding,
                        Visit&& visit) {
    if (!array.is_array())
        array = Json::array();
    while (array.size() > values.size())
        array.erase(array.size() - 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == array.size())
            array.push_back(Json::object());
        T value = values[i];
        Fields inner(array[i], direction_, decoding); // NOLINT(misc-const-correctness): visit's
        visit(inner, value);
    }
}

template <class T, class Visit>
void Fields::list(std::string_view name, std::vector<T>& values, Decoding decoding, Visit&& visit) {
    Json* array = find(name);
    if (is_reading()) {
        if (array == nullptr || array->is_null())
            return;
        if (!array->is_array())
            return wrong_type(name, array, "[]interface {}");
        return read_list(*array, values, decoding, visit);
    }
    if ((array == nullptr || array->is_null()) && values.empty())
        return;
    write_list(json_[std::string(name)], values, decoding, visit);
}

template <class T, class Visit>
void Fields::list_in_text(std::string_view name, std::vector<T>& values, Visit&& visit) {
    std::optional<Json> array = parse_text_field(name);
    if (is_reading()) {
        if (array && !array->is_array() && !array->is_null())
            return fail({"json: cannot unmarshal " + std::string(array->type_name()) +
                             " into Go value of type []*libnetwork.Ipam",
                         false});
        if (array && array->is_array())
            read_list(*array, values, Decoding::by_struct, visit);
        return;
    }
    if (!array && values.empty())
        return;
    if (!array)
        array = Json::array();
    write_list(*array, values, Decoding::by_struct, visit);
    json_[std::string(name)] = to_go_json(*array);
}

} // namespace rebolt::docker
