// Ctrl-C and SIGTERM: a flag that long work looks at; what does not end soon after
// it is ended, and leaves no file half done.
#pragma once

namespace rebolt::cli {

/// Puts the handlers in place; a closed pipe becomes a failed write. A command that
/// has not ended a second after the signal, or a second signal later, is ended with
/// ExitCode::cancelled.
void handle_cancel_signals();

/// For commands that must see their end through, however long it takes: nothing ends
/// them but a second signal.
void end_by_oneself() noexcept;

/// True once the user asked to stop.
[[nodiscard]] bool cancelled() noexcept;

} // namespace rebolt::cli
