// The text of --help, from what a command takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_help.hpp"

namespace rebolt::cli {

/// An argument, an option or a subcommand, with what it is for.
struct HelpEntry {
    std::string names;
    std::string text;
};

struct HelpPage {
    std::string summary;
    std::string usage; ///< without `Usage: `
    std::vector<HelpEntry> arguments;
    std::vector<HelpEntry> options;
    std::vector<HelpEntry> common_options; ///< that all commands share
    std::vector<HelpEntry> commands;
    std::string more; ///< paragraphs, examples and exit codes
};

/// The whole page, in lines of at most 80 columns but for examples.
[[nodiscard]] std::string help_text(const HelpPage& page);

/// `text` in lines of at most `columns`, broken at spaces; lines after the first
/// begin with `indent` spaces. A longer word stays whole. Ends without a newline.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

/// The page of a command.
[[nodiscard]] std::string help_text(const CommandHelp& command);

} // namespace rebolt::cli
