// rebolt surgery freelist abandon|rebuild FILE
#include "cli/commands/surgery/subcommands.hpp"

namespace rebolt::cli {

void set_up_freelist(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Example: rebolt surgery freelist rebuild my.db --output new.db");
    Arguments abandon = arguments.subcommand("abandon", "Take the freelist out of both meta pages");
    auto abandoning = std::make_shared<EditOptions>();
    abandoning->add_to(abandon);
    abandon.footer("Example: rebolt surgery freelist abandon my.db --output new.db");
    abandon.exit_codes(edit_exit_codes);
    abandon.on_run([abandoning] {
        return operate(*abandoning, "freelist abandon", surgery::abandon_freelist);
    });
    Arguments rebuild =
        arguments.subcommand("rebuild", "Write a new freelist, where there is none or it is wrong");
    auto rebuilding = std::make_shared<EditOptions>();
    rebuilding->add_to(rebuild);
    rebuild.footer("Example: rebolt surgery freelist rebuild my.db --output new.db");
    rebuild.exit_codes(edit_exit_codes);
    rebuild.on_run([rebuilding] {
        return operate(*rebuilding, "freelist rebuild", surgery::rebuild_freelist);
    });
}

} // namespace rebolt::cli
