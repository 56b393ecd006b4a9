#include "cli/in_place_edit.hpp"

#include <cctype>
#include <cstdio>
#include <string_view>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/undo.hpp>

#include "cli/cancel.hpp"
#include "cli/confirm.hpp"
#include "cli/counted.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

EditOutcome failed(const Error& error) {
    return {EditDone::failed, report_edit(error)};
}

EditOutcome to_copy(const EditOptions& options, const PageSource& source, const EditPlan& plan) {
    if (const auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return failed(may.error());
    if (const auto done = apply_to_copy(source, plan, options.output); !done) {
        const EditOutcome outcome = failed(done.error());
        print_note(
            fmt::format("{} is as it was; no new file was made", printable(options.common.file)));
        return outcome;
    }
    return {EditDone::to_copy};
}

std::string counts_text(const CheckReport& report) {
    if (report.trees.empty())
        return "no key is reachable";
    const std::uint64_t keys = EditEffect::keys(report);
    return fmt::format("{} in {} {} reachable", counted(keys, "key"),
                       counted(EditEffect::buckets(report), "bucket"), keys == 1 ? "is" : "are");
}

} // namespace

void EditOptions::add_to(Arguments arguments) {
    common.add_to_writer(arguments);
    arguments.flag("--json", common.json, "Print JSON for machines").common();
    arguments
        .option("-o,--output", output,
                "Write the changed file here and leave FILE as it is (else FILE is changed in "
                "place, with FILE.undo beside it)")
        .value_name("NEW");
    arguments.flag("--force", force, "Replace the --output file if it is there");
    arguments.flag("-y,--yes", yes, "Change FILE in place without asking");
}

EditOutcome carry_out(const EditOptions& options, PageSource source, const EditPlan& plan,
                      const std::string& again) {
    if (!options.output.empty())
        return to_copy(options, source, plan);
    const Answer answer =
        options.common.json && !options.yes
            ? Answer::not_asked
            : confirm(fmt::format("Change {} in place?", printable(options.common.file)),
                      options.yes);
    if (answer == Answer::not_asked) {
        if (!options.common.json)
            print_note(fmt::format("Nothing was written. To do it: {}", again));
        return {EditDone::not_asked, exit_code_of(answer)};
    }
    if (answer == Answer::no) {
        print_note("Nothing was written.");
        return {EditDone::refused, exit_code_of(answer)};
    }
    if (cancelled())
        return failed(Error(ErrorCode::cancelled, "cancelled; nothing was changed")
                          .in_file(options.common.file));
    {
        const PageSource given_up = std::move(source); // and its lock with it
    }
    const auto done =
        apply_in_place(options.common.file, plan, {.timeout = options.common.timeout()});
    if (done)
        return {EditDone::in_place};
    const ExitCode code = report_edit(done.error());
    if (done.error().code() == ErrorCode::io)
        print_note(fmt::format("If there is a file {}, take back what was written: rebolt undo {}",
                               printable(undo_path(options.common.file)),
                               shell_quoted(options.common.file)));
    return {EditDone::failed, code};
}

std::string outcome_text(const EditOptions& options, const EditOutcome& outcome,
                         std::string_view done) {
    if (outcome.done == EditDone::in_place)
        return fmt::format("{}. To take it back: rebolt undo {}\n", done,
                           shell_quoted(options.common.file));
    if (outcome.done == EditDone::to_copy)
        return fmt::format("{} in the copy {}; {} is as it was.\n", done, printable(options.output),
                           printable(options.common.file));
    return {};
}

ExitCode repair_records(const EditOptions& options, PageSource source, const EditPlan& plan,
                        const RecordRepair& repair) {
    if (repair.json == nullptr)
        print("\n" + plan_text(plan, options));
    const EditOutcome outcome = carry_out(options, std::move(source), plan, repair.again);
    if (repair.json == nullptr) {
        print(outcome_text(options, outcome, "Done"));
    } else {
        (*repair.json)["plan"] = plan_json(plan);
        put_outcome(*repair.json, options, outcome);
    }
    if (!outcome.is_done())
        return outcome.code;
    return repair.left_count == 0 ? ExitCode::repaired : ExitCode::damaged;
}

ExitCode report_edit(const Error& error) {
    if (error.code() != ErrorCode::lock_timeout)
        return report(error);
    print_error(error.to_text());
    print_note("Stop that program first, or wait longer with --timeout. Nothing was written.");
    return ExitCode::failed;
}

std::string plan_text(const EditPlan& plan, const EditOptions& options) {
    std::string text = fmt::format("Plan: {}\n", plan.title);
    for (const std::string& step : plan.steps)
        text += fmt::format("  {}\n", step);
    for (const std::string& cost : plan.costs)
        text += fmt::format("Costs: {}\n", cost);
    if (plan.is_empty())
        return text + "Nothing to change: the file is already like that.\n";
    text += fmt::format("Writes: {} bytes in {} {}", plan.bytes(), plan.changes.size(),
                        plan.changes.size() == 1 ? "place" : "places");
    if (plan.file_bytes_after != plan.file_bytes_before)
        text += fmt::format("; the file grows from {} to {} bytes", plan.file_bytes_before,
                            plan.file_bytes_after);
    return text + (options.output.empty()
                       ? fmt::format("; the overwritten bytes are saved to {} first\n",
                                     printable(undo_path(options.common.file)))
                       : fmt::format(", in the copy {}\n", printable(options.output)));
}

std::string effect_text(const CheckReport& before, const CheckReport& after) {
    return fmt::format("Now:   {}; {}\nAfter: {}; {}\n", sentence(before), counts_text(before),
                       sentence(after), counts_text(after));
}

Document plan_json(const EditPlan& plan) {
    Document changes = Document::array();
    for (const ByteChange& change : plan.changes)
        changes.push_back({{"offset", change.offset}, {"bytes", change.after.size()}});
    return {{"title", plan.title},
            {"steps", plan.steps},
            {"costs", plan.costs},
            {"changes", changes},
            {"bytes", plan.bytes()},
            {"file_bytes_before", plan.file_bytes_before},
            {"file_bytes_after", plan.file_bytes_after}};
}

Document state_json(const CheckReport& report) {
    Document counts = Document::object();
    for (std::size_t code = 0; code < report.count_of.size(); ++code)
        if (report.count_of[code] != 0)
            counts[std::string(text_of(static_cast<FindingCode>(code)).name)] =
                report.count_of[code];
    return {{"verdict", name_of(report.verdict)},
            {"sentence", sentence(report)},
            {"keys", EditEffect::keys(report)},
            {"buckets", EditEffect::buckets(report)},
            {"counts", counts}};
}

void put_outcome(Document& json, const EditOptions& options, const EditOutcome& outcome) {
    json["applied"] = outcome.is_done();
    json["output"] =
        outcome.done == EditDone::to_copy ? Document(options.output) : Document(nullptr);
    json["undo"] = outcome.done == EditDone::in_place ? Document(undo_path(options.common.file))
                                                      : Document(nullptr);
}

} // namespace rebolt::cli
