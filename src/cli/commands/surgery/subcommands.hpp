// The subcommands of `rebolt surgery`, one a file in this folder.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/arguments.hpp"

#include <rebolt/surgery.hpp>

#include "cli/exit_code.hpp"
#include "cli/in_place_edit.hpp"

namespace rebolt::cli {

void set_up_revert_meta_page(Arguments arguments);
void set_up_copy_page(Arguments arguments);
void set_up_clear_page(Arguments arguments);
void set_up_clear_page_elements(Arguments arguments);
void set_up_freelist(Arguments arguments);
void set_up_meta(Arguments arguments);

/// Plans, shows what it does and costs, and carries it out. `subcommand`: its name
/// with its options, as it is to be typed again.
[[nodiscard]] ExitCode operate(const EditOptions& options, const std::string& subcommand,
                               const std::function<Result<EditPlan>(const PageSource&)>& plan);

} // namespace rebolt::cli
