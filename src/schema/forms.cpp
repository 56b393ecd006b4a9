#include "schema/forms.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "schema/json_text.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

ValueClause judge_size(const Entry& entry, std::size_t wanted_bytes) {
    if (entry.value.size() == wanted_bytes)
        return std::nullopt;
    return fmt::format("the value has {} bytes, expected {}", entry.value.size(), wanted_bytes);
}

} // namespace

bool is_hex(std::string_view text, std::size_t digits) noexcept {
    return text.size() == digits && std::ranges::all_of(text, is_hex_digit);
}

bool is_decimal(std::string_view text) noexcept {
    constexpr std::size_t digits_max = 20; // of 2^64
    return !text.empty() && text.size() <= digits_max && std::ranges::all_of(text, is_digit) &&
           (text.size() == 1 || text[0] != '0');
}

bool is_uuid(std::string_view text) noexcept {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != form.size())
        return false;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == '-' ? text[i] != '-' : !is_hex_digit(text[i]))
            return false;
    return true;
}

bool is_digest(std::string_view text) noexcept {
    constexpr std::string_view sha256 = "sha256:";
    constexpr std::string_view sha512 = "sha512:";
    if (text.starts_with(sha256))
        return is_hex(text.substr(sha256.size()), 64);
    return text.starts_with(sha512) && is_hex(text.substr(sha512.size()), 128);
}

bool is_text(std::string_view text) noexcept {
    return std::ranges::all_of(
        text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

ValueClause judge_key_is(bool is_so, const Entry& entry, std::string_view wanted) {
    if (is_so)
        return std::nullopt;
    return fmt::format("the key `{}` is not {}", shown(entry.key), wanted);
}

ValueClause judge_value_is(bool is_so, const Entry& entry, std::string_view wanted) {
    if (is_so)
        return std::nullopt;
    return fmt::format("`{}` is not {}", shown(entry.value), wanted);
}

ValueClause judge_text(const Entry& entry) {
    return judge_value_is(is_text(entry.value), entry, "a text");
}

ValueClause judge_decimal(const Entry& entry) {
    return judge_value_is(is_decimal(entry.value), entry, "a number");
}

ValueClause judge_object(const Entry& entry) {
    return judge_json(entry.value, {});
}

ValueClause judge_any_json(const Entry& entry) {
    return judge_json(entry.value, {.must_be_object = false});
}

ValueClause judge_protobuf(const Entry& entry) {
    return judge_message(entry.value);
}

ValueClause judge_four_bytes(const Entry& entry) {
    return judge_size(entry, 4);
}

ValueClause judge_eight_bytes(const Entry& entry) {
    return judge_size(entry, 8);
}

ValueClause judge_no_value(const Entry& entry) {
    return judge_empty(entry.value);
}

} // namespace rebolt::schema
