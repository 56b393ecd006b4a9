// The verbs of `rebolt surgery`, one a file in this folder.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <rebolt/surgery.hpp>

#include "cli/edit.hpp"
#include "cli/exit_code.hpp"

namespace rebolt::cli {

void set_up_revert_meta_page(CLI::App& app, ExitCode& code);
void set_up_copy_page(CLI::App& app, ExitCode& code);
void set_up_clear_page(CLI::App& app, ExitCode& code);
void set_up_clear_page_elements(CLI::App& app, ExitCode& code);
void set_up_freelist(CLI::App& app, ExitCode& code);
void set_up_meta(CLI::App& app, ExitCode& code);

/// Plans, shows what it does and costs, and carries it out. `words`: the verb
/// with its options, as it is to be typed again.
[[nodiscard]] ExitCode operate(const EditOptions& options, const std::string& words,
                               const std::function<Result<EditPlan>(const PageSource&)>& plan);

} // namespace rebolt::cli
