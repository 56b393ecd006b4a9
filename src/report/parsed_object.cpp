#include "report/parsed_object.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace rebolt::report {

struct ParsedObject::Json {
    nlohmann::json value;

    [[nodiscard]] const nlohmann::json* member(const std::string& name) const {
        const auto found = value.find(name);
        return found == value.end() ? nullptr : &*found;
    }
};

ParsedObject::ParsedObject(std::unique_ptr<Json> json) noexcept : json_(std::move(json)) {}
ParsedObject::ParsedObject(ParsedObject&&) noexcept = default;
ParsedObject& ParsedObject::operator=(ParsedObject&&) noexcept = default;
ParsedObject::~ParsedObject() = default;

std::optional<ParsedObject> ParsedObject::of(std::string_view text) {
    auto json = std::make_unique<Json>();
    json->value = nlohmann::json::parse(text, nullptr, false);
    if (!json->value.is_object())
        return std::nullopt;
    return ParsedObject(std::move(json));
}

bool ParsedObject::has(const std::string& name) const {
    return json_->member(name) != nullptr;
}

std::optional<std::string> ParsedObject::text(const std::string& name) const {
    const auto* member = json_->member(name);
    if (member == nullptr || !member->is_string())
        return std::nullopt;
    return member->get_ref<const std::string&>();
}

std::optional<std::uint64_t> ParsedObject::number(const std::string& name) const {
    const auto* member = json_->member(name);
    if (member == nullptr || !member->is_number_unsigned())
        return std::nullopt;
    return member->get<std::uint64_t>();
}

std::optional<std::vector<std::string>> ParsedObject::texts(const std::string& name) const {
    const auto* member = json_->member(name);
    if (member == nullptr || !member->is_array())
        return std::nullopt;
    std::vector<std::string> texts;
    for (const auto& item : *member) {
        if (!item.is_string())
            return std::nullopt;
        texts.push_back(item.get_ref<const std::string&>());
    }
    return texts;
}

} // namespace rebolt::report
