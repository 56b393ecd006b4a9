// Exit codes: fsck(8)'s.
#pragma once

namespace rebolt::cli {

enum class ExitCode : int {
    done = 0,       ///< clean, or done
    repaired = 1,   ///< damage was found and repaired
    damaged = 4,    ///< damage was found and left
    failed = 8,     ///< operational error: no such file, locked, I/O, not a bolt file
    usage = 16,     ///< the command line is wrong
    cancelled = 32, ///< by Ctrl-C or SIGTERM; nothing was changed
};

} // namespace rebolt::cli
