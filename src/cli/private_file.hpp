// A new file for text that holds keys: readable by its owner alone.
#pragma once

#include <cstdio>
#include <string>

#include <rebolt/result.hpp>

namespace rebolt::cli {

/// Opens a new file for writing; the caller closes it. Follows no link. A regular file
/// that has the name is removed first if `replace`. Errors: invalid_argument (there is a
/// file), io.
[[nodiscard]] Result<std::FILE*> create_private_file(const std::string& path, bool replace);

} // namespace rebolt::cli
