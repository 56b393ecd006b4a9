// For a signal handler that ends the program at once.
//
// Such a handler returns while is_changing_in_place() holds, which is soon over; else
// it calls remove_unfinished_files() and then _exit().
// Both calls are safe in a signal handler, from any thread.
#pragma once

namespace rebolt {

/// Removes the temporary names of all files that are being made. What makes them
/// fails after it.
void remove_unfinished_files() noexcept;

/// True while a repair, a surgery or an undo writes into its file. Ending the
/// program then is safe, but leaves an undo file to be used.
[[nodiscard]] bool is_changing_in_place() noexcept;

} // namespace rebolt
