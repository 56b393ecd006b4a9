// A path as one word of a shell command, for the commands that we tell to type.
#pragma once

#include <string>

namespace rebolt::cli {

/// Any word of a shell command.
[[nodiscard]] std::string shell_word(const std::string& word);
/// A path as one word, that no command takes for an option: `./-x.db`.
[[nodiscard]] std::string shell_quoted(const std::string& path);

} // namespace rebolt::cli
