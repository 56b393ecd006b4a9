// Makes a script that fails smaller, as long as it fails.
#pragma once

#include <functional>

#include "script.hpp"

namespace rebolt::test {

/// Leaves out sessions' ends, whole transactions, and operations, in ever
/// smaller pieces, whatever `fails` without; until nothing more can go or
/// `tries` scripts were tried.
[[nodiscard]] Script shrink(Script script, const std::function<bool(const Script&)>& fails,
                            int tries = 3000);

} // namespace rebolt::test
