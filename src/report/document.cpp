#include "report/document.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rebolt::report {
namespace {

// Bytes of the first character, if it turns a terminal or reorders its text; else 0.
std::size_t control_bytes(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(0) == 0x7f)
        return 1;
    if (byte(0) == 0xc2 && byte(1) < 0xa0) // U+0080 to U+009F
        return 2;
    const bool is_format =
        byte(0) == 0xe2 && ((byte(1) == 0x80 && ((byte(2) >= 0x8b && byte(2) <= 0x8f) ||
                                                 (byte(2) >= 0xa8 && byte(2) <= 0xae))) ||
                            (byte(1) == 0x81 && byte(2) >= 0xa0 && byte(2) <= 0xaf));
    const bool is_mark = byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf;
    return is_format || is_mark ? 3 : 0;
}

unsigned code_point(std::string_view bytes) {
    constexpr std::array<unsigned, 4> first_mask{0, 0x7f, 0x1f, 0x0f};
    unsigned point = static_cast<unsigned char>(bytes.front()) & first_mask[bytes.size()];
    for (const char c : bytes.substr(1))
        point = point << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return point;
}

// JSON may have such characters as they are; who looks at it in a terminal may not. They
// stand in strings alone.
std::string with_controls_escaped(std::string_view json) {
    constexpr std::string_view first_bytes = "\x7f\xc2\xe2\xef";
    std::string text;
    while (!json.empty()) {
        const std::size_t plain = std::min(json.find_first_of(first_bytes), json.size());
        text += json.substr(0, plain);
        json.remove_prefix(plain);
        const std::size_t bytes = control_bytes(json);
        if (bytes != 0)
            text += fmt::format("\\u{:04x}", code_point(json.substr(0, bytes)));
        else
            text += json.substr(0, 1);
        json.remove_prefix(std::min(json.size(), std::max<std::size_t>(bytes, 1)));
    }
    return text;
}

} // namespace

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
        return with_controls_escaped(
            of(document).dump(indent, ' ', false, Json::error_handler_t::replace));
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
