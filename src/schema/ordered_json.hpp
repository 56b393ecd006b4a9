// JSON with its members in their order, from bytes that nobody checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace rebolt::schema {

struct JsonLimits {
    std::size_t nesting_max = 500;      ///< what walks the result may recurse
    std::size_t values_max = 1'000'000; ///< about 100 bytes of memory each
};

enum class JsonFault : std::uint8_t {
    malformed,       ///< no JSON
    too_deep,        ///< beyond JsonLimits::nesting_max
    too_many_values, ///< beyond JsonLimits::values_max
};

/// Of members with one name the last counts. Cost: O(text), however many members
/// an object has: nlohmann's own parser looks through all of them for each.
[[nodiscard]] std::expected<nlohmann::ordered_json, JsonFault>
parse_ordered_json(std::string_view text, const JsonLimits& limits = {});

} // namespace rebolt::schema
