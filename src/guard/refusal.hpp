// Whether a recovered file may take the damaged one's place.
#pragma once

#include <string>

#include "guard/replacement.hpp"

namespace rebolt::guard {

/// Why it must not, as a clause; empty: it may. Errors: io, damaged.
[[nodiscard]] Result<std::string> refusal_of(const GuardedFile& file, const PageSource& damaged,
                                             const Replacement& made);

} // namespace rebolt::guard
