#include "docker/go_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "docker/go_json_fault.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt::docker {
namespace {

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

// Recursion is bounded by JsonLimits::nesting_max.
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

} // namespace

std::expected<Json, std::string> parse_go_json(std::string_view text) {
    const schema::JsonLimits limits;
    auto json = schema::parse_ordered_json(text, limits);
    if (json)
        return *std::move(json);
    switch (json.error()) {
    case schema::JsonFault::too_deep:
        return std::unexpected("exceeded max depth");
    case schema::JsonFault::too_many_values:
        return std::unexpected(fmt::format("more than {} values", limits.values_max));
    case schema::JsonFault::malformed:
        break;
    }
    return std::unexpected(go_json_fault(text));
}

std::string to_go_json(const Json& json) {
    std::string text;
    append(text, json);
    return text;
}

} // namespace rebolt::docker
