#include "etcd/kubernetes_fields.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace rebolt::etcd {
namespace {

using ApiTypeName = std::pair<std::string_view, ApiType>;
constexpr ApiTypeName api_types[] = {
    {"string", ApiType::text},
    {"bytes", ApiType::bytes},
    {"bool", ApiType::boolean},
    {"int", ApiType::integer},
    {"double", ApiType::real},
    {"time", ApiType::time},
    {"microtime", ApiType::micro_time},
    {"quantity", ApiType::quantity},
    {"json", ApiType::json},
    {"intorstring", ApiType::int_or_string},
    {"texts", ApiType::texts},
};

// Takes what stands before the separator, and the separator.
std::string_view take_before(std::string_view& text, std::string_view separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
    return taken;
}

class FieldTable {
public:
    explicit FieldTable(std::string_view text) {
        while (!text.empty()) {
            std::string_view line = take_before(text, "\n");
            if (line.starts_with("kind "))
                add_kind(line.substr(5));
            else if (!line.empty() && !line.starts_with('#'))
                add_message(line);
        }
    }

    [[nodiscard]] const ApiMessage* of_kind(std::string_view api_version,
                                            std::string_view kind) const {
        const auto found = kinds_.find({api_version, kind});
        return found == kinds_.end() ? nullptr : found->second;
    }

    // Messages have a place before their line is read: fields refer to them.
    ApiMessage& message(std::string_view name) {
        ApiMessage& found = messages_[name];
        found.name = name;
        return found;
    }

private:
    void add_kind(std::string_view line) {
        const std::string_view version = take_before(line, " ");
        const std::string_view kind = take_before(line, " ");
        kinds_[{version, kind}] = &message(line);
    }

    void add_message(std::string_view line) {
        ApiMessage& owner = message(take_before(line, ": "));
        while (!line.empty())
            owner.fields.push_back(field_of(take_before(line, ", ")));
    }

    ApiField field_of(std::string_view text) {
        ApiField field;
        const std::string_view digits = take_before(text, " ");
        std::from_chars(digits.data(), digits.data() + digits.size(), field.number);
        field.name = take_before(text, " ");
        field.shape = shape_of(field.name);
        field.is_shown_if_zero = field.name.starts_with('?');
        if (field.shape != ApiShape::single || field.is_shown_if_zero)
            field.name.remove_prefix(1);
        const auto* found = std::ranges::find(api_types, text, &ApiTypeName::first);
        if (found != std::end(api_types)) {
            field.type = found->second;
        } else {
            field.type = ApiType::message;
            field.message = &message(text);
        }
        return field;
    }

    static ApiShape shape_of(std::string_view name) {
        constexpr std::string_view marks = "*%-";
        constexpr ApiShape shapes[] = {ApiShape::list, ApiShape::map, ApiShape::inlined};
        const std::size_t mark = marks.find(name.substr(0, 1));
        return mark == std::string_view::npos ? ApiShape::single : shapes[mark];
    }

    std::map<std::string_view, ApiMessage> messages_;
    std::map<std::pair<std::string_view, std::string_view>, const ApiMessage*> kinds_;
};

FieldTable& field_table() {
    static FieldTable table(kubernetes_fields_text());
    return table;
}

} // namespace

const ApiField* ApiMessage::field(std::uint64_t number) const {
    const auto found = std::ranges::find(fields, number, &ApiField::number);
    return found == fields.end() ? nullptr : &*found;
}

const ApiMessage* message_of_kind(std::string_view api_version, std::string_view kind) {
    return field_table().of_kind(api_version, kind);
}

const ApiMessage& object_meta_message() {
    static const ApiMessage& meta = field_table().message("meta/v1.ObjectMeta");
    return meta;
}

} // namespace rebolt::etcd
