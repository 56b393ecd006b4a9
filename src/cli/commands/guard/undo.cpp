// rebolt guard undo FILE
#include <memory>

#include "cli/commands/guard/subcommands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

struct GuardUndoCommand {
    GuardPaths paths;
    std::string file;
    bool json = false;
};

ExitCode run_undo(const GuardUndoCommand& options) {
    const auto config = guard_config_of(options.paths);
    if (!config)
        return report(config.error());
    const auto undone = undo_guard(options.file, config->options);
    if (!undone)
        return report(undone.error());
    if (options.json)
        print_json_line(
            {{"shape", "rebolt.guard-undo/1"},
             {"restored", undone->restored},
             {"kept", undone->kept.empty() ? Document(nullptr) : Document(undone->kept)}});
    else
        print(printable(undone->line) + "\n");
    return ExitCode::done;
}

} // namespace

void set_up_guard_undo(Arguments arguments) {
    auto options = std::make_shared<GuardUndoCommand>();
    options->paths.add_to(arguments);
    arguments.positional("FILE", options->file, "The file that was replaced").required();
    arguments.flag("--json", options->json, "Print JSON for machines").common();
    arguments.footer(
        "The file that is there now is kept as FILE.replaced-TIME.\nExample: rebolt guard "
        "undo /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes("0 put back, 8 failed or nothing to put back");
    arguments.on_run([options] { return run_undo(*options); });
}

} // namespace rebolt::cli
