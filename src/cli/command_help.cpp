#include "cli/command_help.hpp"

namespace rebolt::cli {

std::string last_word(const CommandHelp& command) {
    return command.name.substr(command.name.rfind(' ') + 1);
}

} // namespace rebolt::cli
