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

/// Says what an answer other than yes comes to; returns the exit code.
[[nodiscard]] ExitCode report_not_done(Answer answer);

} // namespace rebolt::cli
