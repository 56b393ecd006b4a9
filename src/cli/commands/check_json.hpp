// A check's report as JSON: the shape of docs/check-json.md.
#pragma once

#include <rebolt/check.hpp>

#include "cli/commands/check_text.hpp"
#include "cli/json_output.hpp"

namespace rebolt::cli {

[[nodiscard]] Document meta_json(const MetaReport& meta);

/// The document of one file.
[[nodiscard]] Document check_document(const CheckReport& report, const Advice& advice,
                                      double seconds);

} // namespace rebolt::cli
