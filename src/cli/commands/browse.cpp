// rebolt browse FILE
#include <memory>

#include <unistd.h>

#include <rebolt/file_map.hpp>

#include "cli/browser.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/terminal_lists.hpp"

namespace rebolt::cli {
namespace {

ExitCode run_browse(const CommonOptions& options) {
    if (!browser_is_built()) {
        print_error("browse: this rebolt was built without ncurses; try `rebolt map`");
        return ExitCode::failed;
    }
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
        print_error("browse: this needs a terminal; try `rebolt map` or `rebolt keys`");
        return ExitCode::usage;
    }
    const auto source = open_pages(options);
    if (!source)
        return report(source.error());
    const auto map = map_file(*source, [](const CheckProgress&) { return !cancelled(); });
    if (!map)
        return report(map.error());
    show_on_terminal(browse_file(*source, *map));
    return ExitCode::done;
}

} // namespace

void set_up_browse(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    arguments.footer(
        "Shows buckets, keys, values in words where their form is known, pages and findings on the "
        "terminal, of\nany file, damaged or not. Arrows move, Enter opens, Backspace goes back, / "
        "searches, q quits.\n"
        "Example: rebolt browse my.db");
    arguments.exit_codes("0 done, 8 failed");
    arguments.on_run([options] { return run_browse(*options); });
}

} // namespace rebolt::cli
