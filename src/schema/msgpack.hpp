// msgpack, as far as a judge and a reader need it: is a value whole, and what are
// the members of a map. No recursion: what is still open is counted on a stack
// that is no deeper than the value is long.
// https://github.com/msgpack/msgpack/blob/master/spec.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

enum class MsgpackKind : std::uint8_t {
    nil,
    boolean,
    integer,
    real,
    text,
    bytes,
    array,
    map,
    other
};

/// One token: a scalar, or the head of an array or map.
struct MsgpackToken {
    MsgpackKind kind = MsgpackKind::nil;
    std::uint64_t number = 0; ///< of an integer (negative ones: two's complement), a real's bits
    bool is_negative = false;
    std::string_view bytes = {}; ///< of text, bytes and extensions
    std::uint64_t count = 0;     ///< values inside an array; pairs inside a map
};

/// Reads the token at `at` and moves `at` behind it; nullopt, and `at` where it
/// was, if it does not end or begins with a byte that msgpack does not have.
[[nodiscard]] std::optional<MsgpackToken> read_token(std::string_view bytes, std::size_t& at);

/// Moves `at` behind one value with all that is inside. False if it is not whole.
[[nodiscard]] bool skip_msgpack(std::string_view bytes, std::size_t& at);

/// One whole value and nothing behind it.
[[nodiscard]] ValueClause judge_msgpack(std::string_view bytes);

struct MsgpackMember {
    std::string_view name;
    std::string_view value; ///< its bytes
};
/// The members of a map whose names are texts; none if it is another value.
[[nodiscard]] std::vector<MsgpackMember> msgpack_members(std::string_view bytes);
/// A member's value as a whole number, as bytes; nullopt if it is another one.
[[nodiscard]] std::optional<std::uint64_t> msgpack_number(std::string_view value);
[[nodiscard]] std::optional<std::string_view> msgpack_bytes(std::string_view value);

/// The value of the member of this name, or nullopt.
[[nodiscard]] std::optional<std::string_view> member_of(const std::vector<MsgpackMember>& members,
                                                        std::string_view name);

/// As JSON; bytes that are no text in hex. nullopt if it is not one whole value.
[[nodiscard]] std::optional<std::string> msgpack_as_json(std::string_view bytes);

} // namespace rebolt::schema
