// rebolt surgery freelist abandon|rebuild FILE
#include "cli/commands/surgery/verbs.hpp"

namespace rebolt::cli {

void set_up_freelist(CLI::App& app, ExitCode& code) {
    app.require_subcommand(1);
    CLI::App* abandon = app.add_subcommand("abandon", "Take the freelist out of both meta pages");
    auto abandoning = std::make_shared<EditOptions>();
    abandoning->add_to(*abandon);
    abandon->footer("Example: rebolt surgery freelist abandon my.db --output new.db");
    abandon->callback([abandoning, &code] {
        code = operate(*abandoning, "freelist abandon", surgery::abandon_freelist);
    });
    CLI::App* rebuild = app.add_subcommand(
        "rebuild", "Write a freelist anew, where there is none or it is not right");
    auto rebuilding = std::make_shared<EditOptions>();
    rebuilding->add_to(*rebuild);
    rebuild->footer("Example: rebolt surgery freelist rebuild my.db --output new.db");
    rebuild->callback([rebuilding, &code] {
        code = operate(*rebuilding, "freelist rebuild", surgery::rebuild_freelist);
    });
}

} // namespace rebolt::cli
