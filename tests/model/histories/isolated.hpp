// Runs work in a process of its own, so that one that crashes or never ends is
// a result like any other.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace rebolt::test {

/// What `work` returned; `crash: …` if its process did not end well, or had to
/// be killed after `longest`.
[[nodiscard]] std::string isolated(const std::function<std::string()>& work,
                                   std::chrono::seconds longest = std::chrono::seconds{60});

} // namespace rebolt::test
