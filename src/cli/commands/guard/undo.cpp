// rebolt guard undo FILE
#include <memory>

#include "cli/commands/guard/verbs.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct Options {
    GuardWords words;
    std::string file;
    bool json = false;
};

ExitCode run_undo(const Options& options) {
    const auto config = guard_config_of(options.words);
    if (!config)
        return report(config.error());
    const auto undone = undo_guard(options.file, config->options);
    if (!undone)
        return report(undone.error());
    if (options.json)
        print_json_line({{"shape", "rebolt.guard-undo/1"},
                         {"restored", undone->restored},
                         {"kept", undone->kept.empty() ? Json(nullptr) : Json(undone->kept)}});
    else
        print(printable(undone->line) + "\n");
    return ExitCode::done;
}

} // namespace

void set_up_guard_undo(CLI::App& app, ExitCode& code) {
    auto options = std::make_shared<Options>();
    options->words.add_to(app);
    app.add_option("FILE", options->file, "The file that was replaced")->required();
    app.add_flag("--json", options->json, "Print JSON for machines");
    app.footer("What stands there now is kept as FILE.replaced-TIME.\n"
               "Example: rebolt guard undo /var/lib/docker/network/files/local-kv.db");
    app.callback([options, &code] { code = run_undo(*options); });
}

} // namespace rebolt::cli
