// Members of JSON records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::fsck_rules {

/// A member that is a string; empty where there is none, or no JSON.
[[nodiscard]] std::string string_in(std::string_view json, std::string_view name);
/// A member that is a whole number from 0 on.
[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view json, std::string_view name);

} // namespace rebolt::fsck_rules
