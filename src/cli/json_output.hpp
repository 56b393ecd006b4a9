// JSON on stdout: one object, or one object a line where results stream.
#pragma once

#include <rebolt/error.hpp>

#include "report/document.hpp"

namespace rebolt::cli {

using rebolt::report::array_of;
using rebolt::report::Document;

/// Prints `json` on one line.
void print_json_line(const Document& json);

/// The error's damage as `rebolt check --json` shows a finding: code, severity,
/// page, offset, bucket, path, message. For other errors code and message only.
[[nodiscard]] Document error_json(const Error& error);

} // namespace rebolt::cli
