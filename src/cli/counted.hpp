// A number with its noun.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rebolt::cli {

/// `1 key`, `2 keys`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

} // namespace rebolt::cli
