// What came back of a damaged file, in words for the journal.
#pragma once

#include <string>

#include "guard/replacement.hpp"

namespace rebolt::guard {

/// `recovered: 56 keys (53 current, 3 donor), about 1 lost`, and what else was done.
[[nodiscard]] std::string recovered_text(const Replacement& made);

} // namespace rebolt::guard
