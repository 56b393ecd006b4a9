#include "schema/msgpack.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rebolt::schema {
namespace {

std::optional<std::uint64_t> take_number(std::string_view bytes, std::size_t& at,
                                         std::size_t size) {
    if (bytes.size() - at < size)
        return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    at += size;
    return number;
}

// How a first byte from 0xc0 to 0xdf goes on: a number of so many bytes, which is
// the value or its size.
struct Head {
    MsgpackKind kind;
    std::uint8_t number_bytes;
    std::uint8_t extra_bytes = 0; ///< of an extension: its type, and a fixed size
};
using enum MsgpackKind;
constexpr std::array<Head, 32> heads{{
    {nil, 0},       {other, 0xFF}, {boolean, 0},  {boolean, 0},  {bytes, 1},    {bytes, 2},
    {bytes, 4},     {other, 1, 1}, {other, 2, 1}, {other, 4, 1}, {real, 4},     {real, 8},
    {integer, 1},   {integer, 2},  {integer, 4},  {integer, 8},  {integer, 1},  {integer, 2},
    {integer, 4},   {integer, 8},  {other, 0, 2}, {other, 0, 3}, {other, 0, 5}, {other, 0, 9},
    {other, 0, 17}, {text, 1},     {text, 2},     {text, 4},     {array, 2},    {array, 4},
    {map, 2},       {map, 4},
}};
constexpr unsigned signed_first = 0xd0;
constexpr unsigned signed_last = 0xd3;
constexpr unsigned bool_true = 0xc3;

bool take_bytes(std::string_view from, std::size_t& at, std::uint64_t size, MsgpackToken& token) {
    if (from.size() - at < size)
        return false;
    token.bytes = from.substr(at, static_cast<std::size_t>(size));
    at += static_cast<std::size_t>(size);
    return true;
}

std::optional<MsgpackToken> read_headed(std::string_view from, std::size_t& at, unsigned first) {
    const Head& head = heads[first - 0xc0];
    if (head.number_bytes == 0xFF) // 0xc1 is never used
        return std::nullopt;
    MsgpackToken token{.kind = head.kind};
    const auto number = take_number(from, at, head.number_bytes);
    if (!number)
        return std::nullopt;
    switch (head.kind) {
    case nil:
        return token;
    case boolean:
        token.number = first == bool_true ? 1 : 0;
        return token;
    case integer:
    case real:
        token.number = *number;
        if (first >= signed_first && first <= signed_last) {
            const unsigned unused = 64U - 8U * head.number_bytes;
            const auto whole = static_cast<std::int64_t>(*number << unused) >> unused;
            token.is_negative = whole < 0;
            token.number = static_cast<std::uint64_t>(whole);
        } else if (head.kind == real && head.number_bytes == 4) {
            token.number = std::bit_cast<std::uint64_t>(
                double{std::bit_cast<float>(static_cast<std::uint32_t>(*number))});
        }
        return token;
    case array:
    case map:
        token.count = *number;
        return token;
    case text:
    case bytes:
    case other:
        break;
    }
    if (!take_bytes(from, at, *number + head.extra_bytes, token))
        return std::nullopt;
    return token;
}

std::optional<MsgpackToken> read_at(std::string_view from, std::size_t& at) {
    if (at >= from.size())
        return std::nullopt;
    const auto first = static_cast<unsigned char>(from[at++]);
    MsgpackToken token;
    if (first < 0x80) {
        token = {.kind = integer, .number = first};
    } else if (first >= 0xe0) {
        token = {.kind = integer,
                 .number = static_cast<std::uint64_t>(static_cast<std::int8_t>(first)),
                 .is_negative = true};
    } else if (first < 0x90) {
        token = {.kind = map, .count = first & 0x0FU};
    } else if (first < 0xa0) {
        token = {.kind = array, .count = first & 0x0FU};
    } else if (first < 0xc0) {
        token.kind = text;
        if (!take_bytes(from, at, first & 0x1FU, token))
            return std::nullopt;
    } else {
        return read_headed(from, at, first);
    }
    return token;
}

std::uint64_t values_in(const MsgpackToken& token) {
    return token.kind == map ? 2 * token.count : token.kind == array ? token.count : 0;
}

bool is_utf8_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte < 0x7f;
    });
}

std::string text_as_json(std::string_view text) {
    if (is_utf8_text(text))
        return nlohmann::json(text).dump();
    std::string hex = "\"0x";
    for (const char c : text)
        fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
    return hex + '"';
}

std::string scalar_as_json(const MsgpackToken& token) {
    switch (token.kind) {
    case nil:
        return "null";
    case boolean:
        return token.number == 0 ? "false" : "true";
    case integer:
        return token.is_negative ? fmt::format("{}", static_cast<std::int64_t>(token.number))
                                 : fmt::format("{}", token.number);
    case real:
        return nlohmann::json(std::bit_cast<double>(token.number)).dump();
    case text:
    case bytes:
    case other:
        return text_as_json(token.bytes);
    case array:
    case map:
        break;
    }
    return {};
}

} // namespace

std::optional<MsgpackToken> read_token(std::string_view from, std::size_t& at) {
    const std::size_t start = at;
    auto token = read_at(from, at);
    if (!token)
        at = start;
    return token;
}

bool skip_msgpack(std::string_view from, std::size_t& at) {
    // All that is open may be counted in one number: a value inside another does
    // not matter, only that all of them are there.
    for (std::uint64_t open = 1; open != 0; --open) {
        const auto token = read_token(from, at);
        if (!token || values_in(*token) > from.size()) // each takes a byte or more
            return false;
        open += values_in(*token);
        if (open - 1 > from.size() - at)
            return false;
    }
    return true;
}

ValueClause judge_msgpack(std::string_view from) {
    std::size_t at = 0;
    if (!skip_msgpack(from, at))
        return fmt::format("the msgpack of {} bytes does not end", from.size());
    if (at != from.size())
        return fmt::format("the msgpack ends after {} of {} bytes", at, from.size());
    return std::nullopt;
}

std::vector<MsgpackMember> msgpack_members(std::string_view from) {
    std::size_t at = 0;
    const auto head = read_token(from, at);
    std::vector<MsgpackMember> members;
    if (!head || head->kind != map)
        return members;
    for (std::uint64_t i = 0; i < head->count; ++i) {
        const auto name = read_token(from, at);
        const std::size_t begin = at;
        if (!name || (name->kind != text && name->kind != bytes) || !skip_msgpack(from, at))
            return {};
        members.push_back({name->bytes, from.substr(begin, at - begin)});
    }
    return members;
}

std::optional<std::uint64_t> msgpack_number(std::string_view value) {
    std::size_t at = 0;
    const auto token = read_token(value, at);
    return token && token->kind == integer && !token->is_negative ? std::optional(token->number)
                                                                  : std::nullopt;
}

std::optional<std::string_view> msgpack_bytes(std::string_view value) {
    std::size_t at = 0;
    const auto token = read_token(value, at);
    return token && (token->kind == text || token->kind == bytes) ? std::optional(token->bytes)
                                                                  : std::nullopt;
}

std::optional<std::string_view> member_of(const std::vector<MsgpackMember>& members,
                                          std::string_view name) {
    const auto found = std::ranges::find(members, name, &MsgpackMember::name);
    return found == members.end() ? std::nullopt : std::optional(found->value);
}

std::optional<std::string> msgpack_as_json(std::string_view from) {
    if (judge_msgpack(from))
        return std::nullopt;
    struct Open {
        std::uint64_t left; ///< values that are still to come
        bool is_map;
    };
    std::vector<Open> open;
    std::string json;
    for (std::size_t at = 0; at < from.size();) {
        const auto token = read_token(from, at);
        const bool is_name = !open.empty() && open.back().is_map && open.back().left % 2 == 0;
        if (const std::uint64_t inside = values_in(*token); inside != 0) {
            json += token->kind == map ? "{" : "[";
            open.push_back({inside, token->kind == map});
            continue;
        }
        if (token->kind == map || token->kind == array)
            json += token->kind == map ? "{}" : "[]";
        else if (is_name && token->kind != text && token->kind != bytes)
            json += "\"" + scalar_as_json(*token) + "\"";
        else
            json += scalar_as_json(*token);
        while (!open.empty() && --open.back().left == 0) {
            json += open.back().is_map ? "}" : "]";
            open.pop_back();
        }
        if (!open.empty())
            json += open.back().is_map && open.back().left % 2 == 1 ? ":" : ",";
    }
    return json;
}

} // namespace rebolt::schema
