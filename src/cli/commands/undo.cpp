// rebolt undo FILE
#include <memory>

#include <fmt/format.h>

#include <rebolt/undo.hpp>

#include "cli/commands/commands.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct UndoCommand {
    CommonOptions common;
    bool dry_run = false;
};

Document undo_json(const UndoReport& report, const UndoCommand& options) {
    Document ranges = Document::array();
    for (const UndoRange& range : report.ranges)
        ranges.push_back(
            {{"offset", range.offset}, {"bytes", range.bytes}, {"bytes_new", range.bytes_new}});
    return {{"shape", "rebolt.undo/1"},
            {"file", options.common.file},
            {"title", report.title},
            {"ranges", ranges},
            {"file_bytes_before", report.file_bytes_before},
            {"file_bytes_after", report.file_bytes_after},
            {"kept", report.kept.empty() ? Document(nullptr) : Document(printable(report.kept))},
            {"undone", !options.dry_run}};
}

std::string undo_text(const UndoReport& report, const UndoCommand& options) {
    std::string text;
    if (options.dry_run || options.common.verbose)
        for (const UndoRange& range : report.ranges)
            text += fmt::format("  bytes {} to {}: {} of {} are as the change wrote them\n",
                                range.offset, range.offset + range.bytes - 1, range.bytes_new,
                                range.bytes);
    text += fmt::format("{}: {} `{}`\n", printable(options.common.file),
                        options.dry_run ? "would take back" : "every byte is as it was before",
                        printable(report.title));
    if (!report.kept.empty())
        text += fmt::format("What was in its place is {}\n", printable(report.kept));
    return text;
}

ExitCode run_undo(const UndoCommand& options) {
    options.common.apply();
    const ApplyOptions apply{.timeout = options.common.timeout()};
    const auto done =
        options.dry_run ? read_undo(options.common.file, apply) : undo(options.common.file, apply);
    if (!done) {
        const ExitCode code = report_edit(done.error());
        if (done.error().code() == ErrorCode::file_not_found)
            print_note(fmt::format("If the guard replaced the file: rebolt guard undo {}",
                                   shell_quoted(options.common.file)));
        return code;
    }
    if (options.common.json)
        print_json_line(undo_json(*done, options));
    else if (!options.common.quiet)
        print(undo_text(*done, options));
    return ExitCode::done;
}

} // namespace

void set_up_undo(Arguments arguments) {
    auto options = std::make_shared<UndoCommand>();
    options->common.add_to_writer(arguments);
    arguments.flag("--json", options->common.json, "Print JSON for machines").common();
    arguments.flag("--dry-run", options->dry_run, "Say what would be put back, and write nothing");
    arguments.footer(
        "Puts back every byte that the last `rebolt repair` or `rebolt surgery` changed in FILE, "
        "from FILE.undo, and removes that; or the file that `rebolt recover --in-place` has "
        "replaced. May be run again if it was cut off.\nExample: rebolt undo my.db");
    arguments.exit_codes("0 taken back, 8 failed, changed since, or nothing to take back");
    arguments.on_run([options] { return run_undo(*options); });
}

} // namespace rebolt::cli
