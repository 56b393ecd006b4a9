// The program: its table of commands.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

/// A row of the table of commands.
struct Command {
    const char* name;
    const char* summary; ///< one line, for --help
    /// Adds options to `app` and a callback that runs the command and stores
    /// its exit code in `code`, which outlives it.
    void (*set_up)(CLI::App& app, ExitCode& code);
};

/// Runs `rebolt <arguments…>`, without the program's name. Prints; never throws.
[[nodiscard]] ExitCode run(std::vector<std::string> arguments);

} // namespace rebolt::cli
