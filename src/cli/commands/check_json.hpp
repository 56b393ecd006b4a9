// A check's report as JSON: the shape of docs/check-json.md.
#pragma once

#include <string>

#include <rebolt/check.hpp>

namespace rebolt::cli {

/// One JSON object over several lines, ending in a newline.
[[nodiscard]] std::string check_json(const CheckReport& report, const std::string& impact,
                                     double seconds);

} // namespace rebolt::cli
