// store_command: a program that runs while a lock is held.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// Runs `command` (searched in PATH, with this program's streams) under a lock
/// that is held. Returns its exit code: 128 + signal if a signal ended it. When
/// the lock is lost or `stop` is requested, it gets SIGTERM; its end is waited
/// for in any case. Errors: io (it cannot be run), cannot_lock (the lock was lost
/// while it ran), invalid_argument (no command).
Result<int> run_under_lock(const Lock& lock, const std::vector<std::string>& command,
                           const std::stop_token& stop);

} // namespace rebolt::store
