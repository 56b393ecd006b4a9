// What commands that change a file share: one transaction, all or nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <rebolt/db.hpp>

#include "cli/exit_code.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

/// Opens the file for writing and lets `work` change the bucket that `names`
/// lead to (the root bucket if there are none); commits unless it fails or the
/// user cancels. Reports errors.
[[nodiscard]] ExitCode write_command(const CommonOptions& options,
                                     const std::vector<std::string>& names, ParseFormat format,
                                     const std::function<Result<void>(Bucket&)>& work,
                                     bool may_make = false);

} // namespace rebolt::cli
