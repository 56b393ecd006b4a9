#include "report/document.hpp"

#include <algorithm>
#include <bit>

#include <nlohmann/json.hpp>

namespace rebolt::report {

struct Rendering {
    using Json = nlohmann::ordered_json;

    // Documents are as deep as the code that writes them, never as a file says.
    // NOLINTNEXTLINE(misc-no-recursion)
    static Json of(const Document& document) {
        switch (document.kind_) {
        case Document::Kind::null:
            break;
        case Document::Kind::boolean:
            return document.bits_ != 0;
        case Document::Kind::unsigned_number:
            return document.bits_;
        case Document::Kind::signed_number:
            return static_cast<std::int64_t>(document.bits_);
        case Document::Kind::real_number:
            return std::bit_cast<double>(document.bits_);
        case Document::Kind::string:
            return document.text_;
        case Document::Kind::array: {
            Json array = Json::array();
            for (const Document::Member& item : document.members_)
                array.push_back(of(item.value));
            return array;
        }
        case Document::Kind::object: {
            Json object = Json::object();
            for (const Document::Member& member : document.members_)
                object.emplace(member.name, of(member.value));
            return object;
        }
        }
        return nullptr;
    }

    static std::string text(const Document& document, int indent) {
        return of(document).dump(indent, ' ', false, Json::error_handler_t::replace);
    }
};

Document::Document(double value)
    : kind_(Kind::real_number), bits_(std::bit_cast<std::uint64_t>(value)) {}

Document::Document(const std::map<std::string, std::string>& members) : kind_(Kind::object) {
    for (const auto& [name, value] : members)
        members_.push_back({name, value});
}

Document::Document(std::initializer_list<Member> members)
    : kind_(Kind::object), members_(members) {}

Document Document::array() {
    return array({});
}

Document Document::array(std::initializer_list<Document> items) {
    Document document;
    document.kind_ = Kind::array;
    for (const Document& item : items)
        document.push_back(item);
    return document;
}

Document Document::object() {
    Document document;
    document.kind_ = Kind::object;
    return document;
}

Document& Document::operator[](std::string_view name) {
    if (kind_ == Kind::null)
        kind_ = Kind::object;
    const auto found = std::ranges::find(members_, name, &Member::name);
    if (found != members_.end())
        return found->value;
    members_.push_back({std::string(name), {}});
    return members_.back().value;
}

void Document::merge(const Document& object) {
    for (const Member& member : object.members_)
        (*this)[member.name] = member.value;
}

void Document::push_back(Document item) {
    if (kind_ == Kind::null)
        kind_ = Kind::array;
    members_.push_back({{}, std::move(item)});
}

std::string Document::line() const {
    return Rendering::text(*this, -1);
}

std::string Document::lines() const {
    return Rendering::text(*this, 2);
}

} // namespace rebolt::report
