// rebolt dump-text FILE
#include <memory>

#include <rebolt/content_walk.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/content_line.hpp"
#include "cli/damage_log.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

ExitCode print_content(const Tx& tx, const DB& db) {
    if (const auto judged = tx.judge(); !judged)
        return report(judged.error());
    print_event_document({{"shape", "rebolt.dump-text/1"},
                          {"page_size", db.page_size_bytes()},
                          {"transaction", number(tx.id())}});
    ContentWalk walk(tx);
    std::uint64_t items = 0;
    for (;; ++items) {
        const auto item = walk.next();
        if (!item)
            return report(item.error());
        if (cancelled())
            return report_cancelled();
        if (!item->has_value() || output_failed())
            break;
        print_event_document(content_json(**item));
    }
    print_event_document({{"items", items}});
    return ExitCode::done;
}

ExitCode run_dump_text(const CommonOptions& options) {
    return show_database(options, Judge::whole,
                         [](const DB& db, const Tx& tx) { return print_content(tx, db); });
}

} // namespace

void set_up_dump_text(Arguments arguments) {
    auto options = std::make_shared<CommonOptions>();
    options->add_to(arguments);
    options->state.add_to(arguments);
    arguments.footer(
        "Prints all buckets, keys, values and sequences, one JSON object a line, in an order that "
        "does not\ndepend on the file's pages; bytes that are not UTF-8 in hex. `rebolt load` "
        "makes a file of it again.\nNothing is printed of a damaged file: recover it first.\n"
        "Example: rebolt dump-text my.db > my.jsonl");
    arguments.exit_codes("0 done, 4 damaged, 8 failed");
    arguments.on_run([options] { return run_dump_text(*options); });
}

} // namespace rebolt::cli
