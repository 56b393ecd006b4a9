// Every command of the program, as it is typed on one file.
#pragma once

#include <string>
#include <vector>

namespace rebolt::test {

using Words = std::vector<std::string>;

/// What a command works on.
struct Place {
    std::string file;   ///< only read
    std::string copy;   ///< of the file; may be changed
    std::string folder; ///< for new files
    std::string bucket; ///< of the file
    std::string key = "x";
};

/// All commands on the file, without --json.
[[nodiscard]] std::vector<Words> command_lines(const Place& place);

/// The commands that the program has, by its own --help: `docker networks`, …
[[nodiscard]] std::vector<std::string> all_commands();

} // namespace rebolt::test
