// Manual pages, in man(7)'s language, of what --help shows.
#pragma once

#include <string>
#include <string_view>

#include "cli/command_help.hpp"

namespace rebolt::cli {

/// `rebolt store put` has the page rebolt-store-put.
[[nodiscard]] std::string page_name(const CommandHelp& command);
/// The page in section 1.
[[nodiscard]] std::string man_page(const CommandHelp& command);
/// Text as it stands, whatever letters it has.
[[nodiscard]] std::string in_roff(std::string_view text);

} // namespace rebolt::cli
