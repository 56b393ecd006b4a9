// What all subcommands of `rebolt surgery` share.
#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/surgery/subcommands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

Result<EditEffect> effect_of(const PageSource& source, const EditPlan& plan, bool quiet) {
    Progress progress(ProgressUnit::pages, !quiet);
    CheckOptions options;
    options.progress = [&](const CheckProgress& at) {
        progress.update(at.pages_done, at.pages_total);
        return !cancelled();
    };
    Result<EditEffect> effect = foresee(source, plan, options);
    if (effect)
        if (auto may = surgery::must_not_lead_back(*effect); !may)
            return std::move(may).error();
    return effect;
}

} // namespace

ExitCode operate(const EditOptions& options, const std::string& subcommand,
                 const std::function<Result<EditPlan>(const PageSource&)>& make_plan) {
    auto source = open_pages(options.common);
    if (!source)
        return report_edit(source.error());
    const auto plan = make_plan(*source);
    if (!plan)
        return report_edit(plan.error());
    const auto effect = effect_of(*source, *plan, options.common.quiet);
    if (!effect)
        return report_edit(effect.error());
    if (!wants_json() && !options.common.quiet)
        print(fmt::format("{}\n{}{}", printable(options.common.file), plan_text(*plan, options),
                          plan->is_empty() ? "" : effect_text(effect->before, effect->after)));
    const bool has_work = !plan->is_empty() || !options.output.empty();
    const EditOutcome outcome =
        has_work ? carry_out(options, std::move(*source), *plan,
                             fmt::format("rebolt surgery {} --yes {}", subcommand,
                                         shell_quoted(options.common.file)))
                 : EditOutcome{EditDone::failed, ExitCode::done};
    if (wants_json()) {
        Document json{{"shape", "rebolt.surgery/1"},
                      {"file", options.common.file},
                      {"plan", plan_json(*plan)},
                      {"before", state_json(effect->before)},
                      {"after", state_json(effect->after)}};
        put_outcome(json, options, outcome);
        print_document(json);
    }
    if (!wants_json() && !options.common.quiet)
        print(outcome_text(options, outcome, "Done"));
    return outcome.code;
}

} // namespace rebolt::cli
