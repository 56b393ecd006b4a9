#include "docker/go_json.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rebolt::docker {
namespace {

constexpr std::size_t nesting_max = 500;

// Brackets outside of strings, as deep as they go.
std::size_t nesting_of(std::string_view text) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string && c == '\\')
            ++at;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            deepest = std::max(deepest, ++depth);
        else if (!in_string && (c == '}' || c == ']') && depth > 0)
            --depth;
    }
    return deepest;
}

void append_quoted(std::string& to, std::string_view text) {
    to += '"';
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        // U+2028 and U+2029, which JavaScript takes for line ends.
        if (text.substr(at, 2) == "\xE2\x80" && at + 2 < text.size() &&
            (text[at + 2] == '\xA8' || text[at + 2] == '\xA9')) {
            to += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            at += 2;
        } else if (c == '"' || c == '\\') {
            to += '\\';
            to += text[at];
        } else if (c == '\n') {
            to += "\\n";
        } else if (c == '\r') {
            to += "\\r";
        } else if (c == '\t') {
            to += "\\t";
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
            to += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            to += text[at];
        }
    }
    to += '"';
}

// Recursion is bounded by nesting_max.
void append(std::string& to, const Json& json) {
    if (json.is_string())
        return append_quoted(to, json.get_ref<const std::string&>());
    if (!json.is_structured()) {
        to += json.dump();
        return;
    }
    to += json.is_object() ? '{' : '[';
    bool first = true;
    for (const auto& [name, value] : json.items()) {
        if (!first)
            to += ',';
        first = false;
        if (json.is_object()) {
            append_quoted(to, name);
            to += ':';
        }
        append(to, value);
    }
    to += json.is_object() ? '}' : ']';
}

// Listens for the place where the text stops being JSON.
class FaultListener final : public nlohmann::json_sax<Json> {
public:
    std::size_t position = 0;

    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*text*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*elements*/) override { return true; }
    bool key(string_t& /*name*/) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t /*elements*/) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t at, const std::string& /*token*/,
                     const nlohmann::json::exception& /*error*/) override {
        position = at == 0 ? 0 : at - 1;
        return false;
    }
};

std::string fault_of(std::string_view text) {
    FaultListener listener;
    std::size_t at = std::min(text.find('\0'), text.size());
    if (!Json::sax_parse(text.substr(0, at), &listener) && listener.position < at)
        at = listener.position;
    if (at >= text.size())
        return "unexpected end of JSON input";
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x20 && c < 0x7f)
        return fmt::format("invalid character '{}' at byte {} of the JSON", text[at], at);
    return fmt::format("invalid character '\\x{:02x}' at byte {} of the JSON",
                       static_cast<unsigned>(c), at);
}

} // namespace

std::expected<Json, std::string> parse_go_json(std::string_view text) {
    if (nesting_of(text) > nesting_max)
        return std::unexpected("exceeded max depth");
    // nlohmann takes a zero byte for the end of its input; JSON has none.
    Json json = text.find('\0') == std::string_view::npos ? Json::parse(text, nullptr, false)
                                                          : Json(Json::value_t::discarded);
    if (json.is_discarded())
        return std::unexpected(fault_of(text));
    return json;
}

std::string to_go_json(const Json& json) {
    std::string text;
    append(text, json);
    return text;
}

} // namespace rebolt::docker
