// Buckets named on the command line, from the top level down.
#pragma once

#include <string>
#include <vector>

#include <rebolt/db.hpp>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/key_format.hpp"

namespace rebolt::cli {

/// The bucket that `names` lead to; `names` is not empty. Errors:
/// bucket_not_found, incompatible_value, damaged; invalid_argument (no hex).
[[nodiscard]] Result<Bucket> find_bucket(const Tx& tx, const std::vector<std::string>& names,
                                         ParseFormat format);

/// As report(), but a name that is no hex is a usage error.
[[nodiscard]] ExitCode report_bucket(const Error& error);

/// Adds `--parse-bucket-format`: names that cannot be typed are given in hex.
void add_bucket_format(Arguments arguments, ParseFormat& format);

} // namespace rebolt::cli
