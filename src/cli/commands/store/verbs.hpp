// The commands of `rebolt store`.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_store_get(CLI::App& app, ExitCode& code);
void set_up_store_put(CLI::App& app, ExitCode& code);
void set_up_store_ls(CLI::App& app, ExitCode& code);
void set_up_store_rm(CLI::App& app, ExitCode& code);
void set_up_store_watch(CLI::App& app, ExitCode& code);
void set_up_store_lock(CLI::App& app, ExitCode& code);
void set_up_store_copy(CLI::App& app, ExitCode& code);
void set_up_store_diff(CLI::App& app, ExitCode& code);

} // namespace rebolt::cli
