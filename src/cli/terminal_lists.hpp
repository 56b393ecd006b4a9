// Lists on a terminal, with ncurses. A build without it has browser_is_built() false.
#pragma once

#include "cli/browser.hpp"

namespace rebolt::cli {

[[nodiscard]] bool browser_is_built() noexcept;

/// Shows the list and what the user opens, until they quit or a signal comes.
/// stdin and stdout are terminals.
void show_on_terminal(BrowserList list);

} // namespace rebolt::cli
