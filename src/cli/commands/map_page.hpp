// The page that shows a map: src/cli/commands/map.html, which the build puts into the
// program.
#pragma once

#include <string_view>

namespace rebolt::cli {

/// Stands in the page where the data belongs.
inline constexpr std::string_view map_data_mark = "REBOLT-MAP-DATA";

[[nodiscard]] std::string_view map_page() noexcept;

} // namespace rebolt::cli
