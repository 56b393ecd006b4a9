// Ctrl-C and SIGTERM: a flag that long work looks at.
#pragma once

namespace rebolt::cli {

/// Puts the handlers in place; a closed pipe becomes a failed write. A second
/// Ctrl-C ends the program at once.
void handle_cancel_signals();

/// True once the user asked to stop.
[[nodiscard]] bool cancelled() noexcept;

} // namespace rebolt::cli
