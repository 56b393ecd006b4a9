// A path as one word of a shell command, for the commands that we tell to type.
#pragma once

#include <string>

namespace rebolt::cli {

/// `path` as one word of a shell command.
[[nodiscard]] std::string shell_quoted(const std::string& path);

} // namespace rebolt::cli
