// rebolt surgery revert-meta-page FILE
#include "cli/commands/surgery/subcommands.hpp"

namespace rebolt::cli {

void set_up_revert_meta_page(Arguments arguments) {
    auto options = std::make_shared<EditOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt surgery revert-meta-page my.db --output reverted.db");
    arguments.exit_codes(edit_exit_codes);
    arguments.on_run(
        [options] { return operate(*options, "revert-meta-page", surgery::revert_meta_page); });
}

} // namespace rebolt::cli
