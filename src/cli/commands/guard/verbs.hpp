// The verbs of `rebolt guard`, one a file in this folder.
#pragma once

#include <chrono>
#include <string>

#include <CLI/CLI.hpp>

#include <rebolt/guard.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

/// What all verbs take.
struct GuardWords {
    std::string config;
    std::string state_folder;

    void add_to(CLI::App& app);
};

/// The configuration that is named; else the system's, or the defaults.
[[nodiscard]] Result<GuardConfig> guard_config_of(const GuardWords& words);

void set_up_guard_undo(CLI::App& app, ExitCode& code);
void set_up_guard_install(CLI::App& app, ExitCode& code);
void set_up_guard_uninstall(CLI::App& app, ExitCode& code);

/// Tells systemd, if it started this program, which file it is at and to wait for
/// it as long as its budget.
void tell_systemd(const std::string& file, std::chrono::milliseconds budget);

} // namespace rebolt::cli
