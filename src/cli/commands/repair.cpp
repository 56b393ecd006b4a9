// rebolt repair FILE
#include <memory>

#include <fmt/format.h>

#include <rebolt/repair.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/check_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

std::string recover_command(const EditOptions& options) {
    return fmt::format("rebolt recover {} -o {}", shell_quoted(options.common.file),
                       shell_quoted(options.common.file + ".recovered"));
}

Document hole_json(const DroppedHole& hole) {
    Document bucket = Document::array();
    for (const std::string& name : hole.bucket)
        bucket.push_back(printable(name));
    return {{"bucket", bucket},
            {"name", hole.name ? Document(printable(*hole.name)) : Document(nullptr)},
            {"first", hole.name ? Document(nullptr) : Document(printable(hole.first))},
            {"end", hole.end ? Document(printable(*hole.end)) : Document(nullptr)},
            {"page", number(hole.page)},
            {"parent", number(hole.parent)},
            {"code", text_of(hole.code).name}};
}

Document repair_json(const RepairReport& report, const EditOptions& options) {
    Document json{
        {"shape", "rebolt.repair/1"},
        {"file", options.common.file},
        {"kind", name_of(report.kind)},
        {"before", state_json(report.before)},
        {"after", report.after ? state_json(*report.after) : Document(nullptr)},
        {"plan", report.after ? plan_json(report.plan) : Document(nullptr)},
        {"holes", Document::array()},
        {"why_not", report.why_not.empty() ? Document(nullptr) : Document(report.why_not)}};
    for (const DroppedHole& hole : report.holes)
        json["holes"].push_back(hole_json(hole));
    json["next"] = report.is_clean() || report.is_repairable()
                       ? Document(nullptr)
                       : Document(advice_for(report.before, "").command);
    return json;
}

// Nothing to do, or nothing that can be done.
ExitCode end_without_plan(const RepairReport& report, const EditOptions& options) {
    if (wants_json()) {
        Document json = repair_json(report, options);
        put_outcome(json, options, {EditDone::not_asked});
        print_document(json);
    } else {
        print(fmt::format("{}: {}\n", printable(options.common.file), sentence(report.before)));
        print(report.is_clean() ? std::string("Nothing to repair.\n")
                                : fmt::format("Cannot be repaired: {}.\n{}", report.why_not,
                                              advice_text(advice_for(report.before, ""))));
    }
    if (report.is_clean())
        return ExitCode::done;
    return report.before.verdict == Verdict::not_a_bolt_file ? ExitCode::failed : ExitCode::damaged;
}

std::string repair_text(const RepairReport& report, const EditOptions& options) {
    std::string text =
        fmt::format("{}\n{}{}", printable(options.common.file), plan_text(report.plan, options),
                    effect_text(report.before, *report.after));
    if (report.kind == RepairKind::drop_holes || report.kind == RepairKind::revert)
        text += fmt::format("More may come back, into a new file, with:\n  {}\n",
                            recover_command(options));
    return text;
}

ExitCode run_repair(const EditOptions& options, bool no_values) {
    auto source = open_pages(options.common);
    if (!source)
        return report_edit(source.error());
    RepairOptions repair_options;
    if (no_values)
        repair_options.owners = {};
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    repair_options.progress = [&](const CheckProgress& at) {
        progress.update(at.pages_done, at.pages_total);
        return !cancelled();
    };
    Repair repair = Repair::begin(*source, std::move(repair_options));
    if (const auto done = repair.run(); !done)
        return report_edit(done.error());
    const RepairReport& found = repair.report();
    if (!found.is_repairable())
        return end_without_plan(found, options);
    if (!wants_json())
        print(options.common.quiet ? "" : repair_text(found, options));
    const EditOutcome outcome =
        carry_out(options, std::move(*source), found.plan,
                  fmt::format("rebolt repair --yes {}", shell_quoted(options.common.file)));
    if (wants_json()) {
        Document json = repair_json(found, options);
        put_outcome(json, options, outcome);
        print_document(json);
    }
    if (!wants_json() && !options.common.quiet)
        print(outcome_text(options, outcome, "Repaired"));
    return outcome.is_done() ? ExitCode::repaired : outcome.code;
}

} // namespace

void set_up_repair(Arguments arguments) {
    auto options = std::make_shared<EditOptions>();
    auto no_values = std::make_shared<bool>(false);
    options->add_to(arguments);
    add_no_values(arguments, *no_values);
    arguments.footer(
        "Finds the smallest change that makes FILE whole, shows it, asks, and writes it in place; "
        "`rebolt undo FILE` takes it back. To bring data back, `rebolt recover` does "
        "more.\nExample: rebolt repair /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes("0 nothing to repair, 1 repaired, 4 it cannot be repaired, 8 failed");
    arguments.on_run([options, no_values] { return run_repair(*options, *no_values); });
}

} // namespace rebolt::cli
