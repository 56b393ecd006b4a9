// What the checker and the engine must agree on, and the engine with itself.
#pragma once

#include "harness.hpp"

namespace rebolt::fuzz {

/// If the check calls the file clean, the engine must read all of it without an
/// error, find as many keys as the check, the same backwards as forwards, and
/// each by get and by seek. Stops the fuzzer if one of these does not hold.
void judge_agreement(Input input);

} // namespace rebolt::fuzz
