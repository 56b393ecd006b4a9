// rebolt surgery revert-meta-page FILE
#include "cli/commands/surgery/verbs.hpp"

namespace rebolt::cli {

void set_up_revert_meta_page(CLI::App& app, ExitCode& code) {
    auto options = std::make_shared<EditOptions>();
    options->add_to(app);
    app.footer("Example: rebolt surgery revert-meta-page my.db --output reverted.db");
    app.callback([options, &code] {
        code = operate(*options, "revert-meta-page", surgery::revert_meta_page);
    });
}

} // namespace rebolt::cli
