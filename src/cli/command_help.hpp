// What commands take, as data: the same definitions that --help is printed from. For
// manual pages and for shells that complete what is typed.
#pragma once

#include <string>
#include <vector>

namespace rebolt::cli {

struct OptionHelp {
    std::vector<std::string> names;   ///< "-o", "--output"; of a positional: its name alone
    std::string value;                ///< what the value is called; empty: there is none
    std::vector<std::string> choices; ///< all values that it may have; empty: any
    std::string text;
    std::string default_text;
    std::string environment; ///< the variable that stands for it
    bool is_required = false;
    bool is_repeatable = false;
    bool is_common = false; ///< one that most commands have
};

struct CommandHelp {
    std::string name; ///< with the names above it: "rebolt store put"
    std::string summary;
    std::vector<OptionHelp> options;
    std::vector<OptionHelp> positionals;
    std::vector<CommandHelp> subcommands;
    bool wants_subcommand = false;
    std::string
        footer; ///< lines; those that begin with "Example:" or "Exit codes:" are what they say
};

/// The last word of its name.
[[nodiscard]] std::string last_word(const CommandHelp& command);

} // namespace rebolt::cli
