// What commands that change a file share: one transaction, all or nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <rebolt/db.hpp>

#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/key_format.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

/// The names of a bucket and of those it is in, as they were given.
struct BucketNames {
    std::vector<std::string> names;
    ParseFormat format = ParseFormat::ascii_encoded;
};

/// Opens the file for writing and lets `work` change the bucket that `bucket`
/// names (the root bucket if it is empty); commits unless it fails or the
/// user cancels. Reports errors; prints `document`, which gets the transaction, if
/// --json was given.
[[nodiscard]] ExitCode write_command(const CommonOptions& options, const BucketNames& bucket,
                                     const std::function<Result<void>(Bucket&)>& work,
                                     Document document, bool may_make = false);

} // namespace rebolt::cli
