// Runs a program and ends it with SIGKILL just before a chosen system call that
// changes files: a power cut between any two writes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rebolt::test {

struct StoppedRun {
    bool was_killed = false;
    int exit_code = 0;         ///< if it came to its end
    std::size_t changes = 0;   ///< system calls that change files, made
    std::string killed_before; ///< `rename`
};

/// Kills it before its change number `kill_at`, counted from 0. By ptrace: the
/// program is the real one, and knows nothing of it.
[[nodiscard]] StoppedRun run_until_change(const std::vector<std::string>& words,
                                          std::size_t kill_at);

} // namespace rebolt::test
