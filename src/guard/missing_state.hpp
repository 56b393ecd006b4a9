// Docker's network state that is gone while containers are still in networks.
#pragma once

#include <string>

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// A container in a user network proves that there was network state.
[[nodiscard]] bool containers_need_networks(const std::string& docker_root);

/// After a file was found absent: says what is lost with it, and, if that is asked
/// for, rebuilds it from the containers' files. Else changes nothing.
void guard_missing_state(const GuardedFile& file, const GuardOptions& options, GuardReport& report);

} // namespace rebolt::guard
