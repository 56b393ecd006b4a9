// Runs a program as a user would: for tests of the command line.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace rebolt::test {

struct CommandResult {
    std::string out; ///< all of stdout
    std::string err; ///< all of stderr
    int exit_code;   ///< 128 + signal if one ended it, as in a shell
};

/// Runs `words` (the first is the program's path) with nothing on stdin, and
/// waits for its end. One that runs longer than `longest` is killed.
[[nodiscard]] CommandResult run_command(const std::vector<std::string>& words,
                                        std::chrono::seconds longest = std::chrono::seconds{60});

/// A file's bytes, to compare before and after. Ends the test program if it
/// cannot be read.
[[nodiscard]] std::string bytes_of(const std::string& path);

} // namespace rebolt::test
