// rebolt recover --in-place FILE
#pragma once

#include <rebolt/recover_in_place.hpp>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"

namespace rebolt::cli {

/// Recovers, puts the new file in place, and tells how it went.
[[nodiscard]] ExitCode recover_in_place(const CommonOptions& common, InPlaceOptions options);

/// 0 all was recovered, 4 not all, 8 nothing.
[[nodiscard]] ExitCode exit_code_of(RecoverOutcome outcome);

} // namespace rebolt::cli
