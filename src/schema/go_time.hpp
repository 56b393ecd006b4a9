// Go's time.Time.MarshalBinary, of which containerd and others keep times.
#pragma once

#include <optional>
#include <string_view>

#include <rebolt/schema.hpp>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

[[nodiscard]] ValueClause judge_go_time(std::string_view value);

/// To the second, in UTC: `2024-05-01T12:00:00Z`. nullopt: no such time, or
/// before 1970 (the zero time is year 1).
[[nodiscard]] std::optional<ReadableValue> readable_time(std::string_view value);

} // namespace rebolt::schema
