// The commands' set-up functions, one a file in this folder.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_check(CLI::App& app, ExitCode& code);

} // namespace rebolt::cli
