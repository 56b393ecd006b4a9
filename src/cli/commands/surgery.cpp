// rebolt surgery VERB FILE: bbolt's surgery commands, one a file in surgery/.
#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/surgery/subcommands.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array subcommands{
    Command{"revert-meta-page", "Go back to the transaction before", set_up_revert_meta_page},
    Command{"copy-page", "Copy a page over another", set_up_copy_page},
    Command{"clear-page", "Take all elements out of a page", set_up_clear_page},
    Command{"clear-page-elements", "Take elements out of a page", set_up_clear_page_elements},
    Command{"freelist", "Abandon or rebuild the freelist", set_up_freelist},
    Command{"meta", "Validate or update the meta pages", set_up_meta},
};

} // namespace

void set_up_surgery(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Each verb shows what it does and what it costs first. With --output it "
                     "writes a copy; else it asks (or --yes) and changes FILE in place, and "
                     "`rebolt undo FILE` takes that back.\n"
                     "Example: rebolt surgery meta validate my.db");
    for (const Command& subcommand : subcommands)
        subcommand.set_up(arguments.subcommand(subcommand.name, subcommand.summary));
}

} // namespace rebolt::cli
