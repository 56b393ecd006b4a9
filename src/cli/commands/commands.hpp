// The commands' set-up functions, one a file in this folder.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_backup(CLI::App& app, ExitCode& code);
void set_up_bench(CLI::App& app, ExitCode& code);
void set_up_buckets(CLI::App& app, ExitCode& code);
void set_up_check(CLI::App& app, ExitCode& code);
void set_up_compact(CLI::App& app, ExitCode& code);
void set_up_create_bucket(CLI::App& app, ExitCode& code);
void set_up_delete(CLI::App& app, ExitCode& code);
void set_up_docker(CLI::App& app, ExitCode& code);
void set_up_diagnose(CLI::App& app, ExitCode& code);
void set_up_dump(CLI::App& app, ExitCode& code);
void set_up_get(CLI::App& app, ExitCode& code);
void set_up_info(CLI::App& app, ExitCode& code);
void set_up_inspect(CLI::App& app, ExitCode& code);
void set_up_keys(CLI::App& app, ExitCode& code);
void set_up_page(CLI::App& app, ExitCode& code);
void set_up_page_item(CLI::App& app, ExitCode& code);
void set_up_pages(CLI::App& app, ExitCode& code);
void set_up_put(CLI::App& app, ExitCode& code);
void set_up_recover(CLI::App& app, ExitCode& code);
void set_up_repair(CLI::App& app, ExitCode& code);
void set_up_stats(CLI::App& app, ExitCode& code);
void set_up_store(CLI::App& app, ExitCode& code);
void set_up_surgery(CLI::App& app, ExitCode& code);
void set_up_guard(CLI::App& app, ExitCode& code);
void set_up_undo(CLI::App& app, ExitCode& code);

} // namespace rebolt::cli
