#include "cli/commands/recover_in_place.hpp"

#include <utility>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/recover_report.hpp"
#include "cli/docker_root.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"

namespace rebolt::cli {
namespace {

std::string why_not_replaced(const InPlaceReport& report) {
    switch (report.outcome) {
    case InPlaceOutcome::replaced:
        return {};
    case InPlaceOutcome::not_damaged:
        return report.before.verdict == Verdict::clean
                   ? "nothing to recover"
                   : "every page is sound: recovery would change nothing";
    case InPlaceOutcome::nothing_came_back:
        return "no key could be recovered: restore a backup";
    case InPlaceOutcome::incomplete_member:
        return "this etcd member could not be recovered completely";
    }
    return {};
}

ExitCode code_of(const InPlaceReport& report) {
    if (report.outcome == InPlaceOutcome::not_damaged)
        return report.before.verdict == Verdict::clean ? ExitCode::done : ExitCode::damaged;
    return exit_code_of(report.recovery.outcome);
}

std::string text_of_left(const InPlaceReport& report, const std::string& file) {
    std::string text = report.outcome == InPlaceOutcome::not_damaged
                           ? sentence(report.before) + "\n"
                           : recover_sentence({report.recovery, file}) + "\n";
    text += fmt::format("{} is as it was: {}.\n", printable(file), why_not_replaced(report));
    if (report.outcome == InPlaceOutcome::incomplete_member)
        text += member_text();
    return text;
}

} // namespace

ExitCode exit_code_of(RecoverOutcome outcome) {
    switch (outcome) {
    case RecoverOutcome::all:
        return ExitCode::done;
    case RecoverOutcome::incomplete:
        return ExitCode::damaged;
    case RecoverOutcome::nothing:
        return ExitCode::failed;
    }
    return ExitCode::failed;
}

ExitCode recover_in_place(const CommonOptions& common, InPlaceOptions options) {
    Progress progress(ProgressUnit::pages, !common.quiet);
    options.progress = [&](const RecoverProgress& at) {
        progress.update(at.done, at.total, name_of(at.stage));
        return !cancelled();
    };
    const auto done = rebolt::recover_in_place(common.file, std::move(options));
    if (!done) {
        const ExitCode code = report_edit(done.error());
        if (done.error().code() != ErrorCode::io) // else it may have its new content
            print_note(fmt::format("{} is as it was", printable(common.file)));
        return code;
    }
    if (wants_json()) {
        print_document(in_place_document(*done, common.file));
    } else if (done->outcome != InPlaceOutcome::replaced) {
        print(text_of_left(*done, common.file));
    } else {
        const RecoverView view{.report = done->recovery,
                               .output = common.file,
                               .set_aside = done->set_aside,
                               .docker_root = docker_root_of(common.file)};
        print(common.quiet ? recover_sentence(view) + "\n" : recover_text(view));
    }
    return code_of(*done);
}

} // namespace rebolt::cli
