// JSON as Go's encoder writes it, with the order of fields kept.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace rebolt::docker {

using Json = nlohmann::ordered_json;

/// Parses; or what Go's decoder would say. Nesting deeper than 500 is refused,
/// so that nothing below overflows the stack, and more than a million values.
/// Cost: O(text).
[[nodiscard]] std::expected<Json, std::string> parse_go_json(std::string_view text);

/// Without spaces; <, >, & and control characters escaped, as encoding/json
/// does. Cost: O(json); recursion as deep as it nests.
[[nodiscard]] std::string to_go_json(const Json& json);

} // namespace rebolt::docker
