// A check's report as JSON: the shape of docs/check-json.md.
#pragma once

#include <string>

#include <rebolt/check.hpp>

#include "report/document.hpp"

namespace rebolt::cli {

[[nodiscard]] report::Document meta_json(const MetaReport& meta);
[[nodiscard]] report::Document finding_json(const Finding& finding);

/// One JSON object over several lines, ending in a newline.
[[nodiscard]] std::string check_json(const CheckReport& report, const std::string& impact,
                                     double seconds);

} // namespace rebolt::cli
