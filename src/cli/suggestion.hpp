// Which of several names was meant by one that is not among them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rebolt::cli {

/// The name for what other programs call `text`, the only one that begins with it, or
/// the nearest that is at most two edits away; empty if there is none.
[[nodiscard]] std::string nearest_to(std::string_view text, const std::vector<std::string>& names);

} // namespace rebolt::cli
