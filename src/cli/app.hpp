// The program: its table of commands.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/command_help.hpp"
#include "cli/exit_code.hpp"

namespace rebolt::cli {

/// A row of the table of commands, or of a command's subcommands.
struct Command {
    const char* name;
    const char* summary; ///< one line, for --help
    /// Says what the command takes, and what runs it.
    void (*set_up)(Arguments arguments);
};

/// What all commands take.
[[nodiscard]] CommandHelp all_commands();

/// Runs `rebolt <arguments…>`, without the program's name. Prints; never throws.
[[nodiscard]] ExitCode run(std::vector<std::string> arguments);

} // namespace rebolt::cli
