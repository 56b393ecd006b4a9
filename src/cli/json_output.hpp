// JSON on stdout: one object, or one object a line where results stream.
#pragma once

#include <nlohmann/json.hpp>

#include <rebolt/error.hpp>

namespace rebolt::cli {

using Json = nlohmann::ordered_json;

/// Prints `json` on one line.
void print_json_line(const Json& json);

/// The error's damage as `rebolt check --json` shows a finding: code, severity,
/// page, offset, bucket, path, message. For other errors code and message only.
[[nodiscard]] Json error_json(const Error& error);

} // namespace rebolt::cli
