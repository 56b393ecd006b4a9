// Is a text JSON, and does it name the key it stands under? Parsed by
// nlohmann's SAX parser, which keeps its nesting in a vector of bits, not on
// the stack: no tree is built, depth costs one bit a level. It does keep the
// string it is reading, so a text beyond `json_judged_bytes_max` is not judged:
// that bounds memory, and no owner writes such a one.
#pragma once

#include <cstddef>
#include <string_view>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

inline constexpr std::size_t json_judged_bytes_max = std::size_t{64} << 20U;

struct JsonRule {
    std::string_view subject = "the JSON"; ///< how a clause begins
    std::size_t starts_at_byte = 0;        ///< of the value; faults are counted from the value's
    bool must_be_object = true;
    std::string_view id_field = {}; ///< a string in the outermost object that …
    std::string_view id = {};       ///< … must be this; no rule while `id_field` is empty
};

[[nodiscard]] ValueClause judge_json(std::string_view text, const JsonRule& rule);

} // namespace rebolt::schema
