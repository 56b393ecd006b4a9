// The files that a command works on, where folders may be named too.
#pragma once

#include <string>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt::cli {

/// The files among `paths`, and the bolt files below the folders among them. What
/// cannot be read below a folder, and a folder without one, is a note. Errors: as
/// find_bolt_files().
[[nodiscard]] Result<std::vector<std::string>> bolt_files_of(const std::vector<std::string>& paths);

} // namespace rebolt::cli
