// Asking before something is done that cannot be taken back.
#pragma once

#include <string>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

enum class Answer : unsigned char {
    yes,
    no,
    not_asked, ///< no terminal to ask on
};

/// Asks on stderr and reads stdin; anything but y or yes is no. `yes` (--yes): does
/// not ask.
[[nodiscard]] Answer confirm(const std::string& question, bool yes);

/// What a command exits with that was not told yes: `usage` if it could not ask, else
/// `cancelled`.
[[nodiscard]] ExitCode exit_code_of(Answer answer);

/// Says that nothing was done, and how to do it; returns the exit code.
[[nodiscard]] ExitCode report_not_done(Answer answer);

} // namespace rebolt::cli
