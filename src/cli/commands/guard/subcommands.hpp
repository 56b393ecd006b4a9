// The subcommands of `rebolt guard`, one a file in this folder.
#pragma once

#include <string>

#include "cli/arguments.hpp"

#include <rebolt/guard.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

/// What all subcommands take.
struct GuardPaths {
    std::string config;
    std::string state_folder;

    void add_to(Arguments arguments);
};

/// The configuration that is named; else the system's, or the defaults.
[[nodiscard]] Result<GuardConfig> guard_config_of(const GuardPaths& paths);

void set_up_guard_undo(Arguments arguments);
void set_up_guard_install(Arguments arguments);
void set_up_guard_uninstall(Arguments arguments);
void set_up_guard_status(Arguments arguments);
void set_up_guard_history(Arguments arguments);
void set_up_guard_report(Arguments arguments);

} // namespace rebolt::cli
