// rebolt etcd repair DIR
#include <memory>

#include <fmt/format.h>

#include <rebolt/etcd/repair.hpp>

#include "cli/commands/etcd/member_options.hpp"
#include "cli/confirm.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using etcd::MemberFiles;
using etcd::RepairPlan;
using etcd::RepairWay;

struct EtcdRepairCommand {
    MemberCommandOptions member;
    std::vector<std::string> donors;
    bool yes = false;
    bool dry_run = false;
    bool undo = false;
};

std::string_view summary_of(RepairWay way) {
    switch (way) {
    case RepairWay::not_needed:
        return "nothing is to be done: etcd starts, and nothing is missing";
    case RepairWay::mend_log:
        return "db is intact; the log and the snapshots are repaired";
    case RepairWay::older_state:
        return "db goes back to the transaction before, and etcd applies the rest of the log";
    case RepairWay::leader_copy:
        return "the database that a leader sent takes the place of db";
    case RepairWay::rebuild:
        return "etcd recreates db from the log, which begins at entry 1";
    case RepairWay::remade_records:
        return "lost records are remade, and etcd applies the rest of the log";
    case RepairWay::donor:
        return "another file takes the place of db, and etcd applies the rest of the log";
    case RepairWay::impossible:
        return "the member cannot be brought back without a loss";
    }
    return "";
}

void add_list(std::string& text, std::string_view head, const std::vector<std::string>& lines) {
    if (lines.empty())
        return;
    text += fmt::format("{}:\n", head);
    for (const std::string& line : lines)
        text += fmt::format("  {}\n", printable(line));
}

std::string plan_text(const RepairPlan& plan) {
    std::string text;
    add_list(text, "What is wrong", plan.faults);
    text += fmt::format("{}\n", summary_of(plan.way));
    add_list(text, "What is done", plan.steps());
    if (plan.is_possible())
        text += fmt::format("etcd then applies {}\n",
                            entries_text(plan.replay_first, plan.replay_last));
    if (plan.expected)
        text += fmt::format("HashKV will be {} at revision {}, compacted at {}\n",
                            plan.expected->hash, plan.expected->revision, plan.expected->compacted);
    add_list(text, "Proof", plan.proofs);
    add_list(text, "Note", plan.remarks);
    if (plan.way != RepairWay::not_needed)
        add_list(text, "Other ways, and why not", plan.refused);
    for (const etcd::LostRevisions& lost : plan.lost)
        text += lost.last == 0
                    ? fmt::format("Lost: revisions from {} on\n", lost.first)
                    : fmt::format("Lost: revisions {} to {}, those of them that were not "
                                  "compacted\n",
                                  lost.first, lost.last);
    add_list(text, "What is left", plan.advice);
    return text;
}

Document repair_plan_json(const RepairPlan& plan, const std::string& folder) {
    Document json{{"shape", "rebolt.etcd-repair/1"},
                  {"folder", folder},
                  {"way", name_of(plan.way)},
                  {"faults", plan.faults},
                  {"steps", plan.steps()},
                  {"proofs", plan.proofs},
                  {"remarks", plan.remarks},
                  {"refused", plan.refused},
                  {"replay_first", plan.replay_first},
                  {"replay_last", plan.replay_last},
                  {"lost", Document::array()},
                  {"advice", plan.advice},
                  {"done", false}};
    json["expected"] = plan.expected ? hash_json(*plan.expected) : Document(nullptr);
    for (const etcd::LostRevisions& lost : plan.lost)
        json["lost"].push_back({{"first", lost.first}, {"last", lost.last}});
    return json;
}

ExitCode run_undo(const EtcdRepairCommand& options) {
    const auto done = etcd::undo_repair(options.member.common.file, options.member.member());
    if (!done)
        return report(done.error());
    if (wants_json())
        print_document({{"shape", "rebolt.etcd-repair-undo/1"},
                        {"folder", options.member.common.file},
                        {"steps", *done}});
    else
        for (const std::string& line : *done)
            print(printable(line) + "\n");
    return ExitCode::done;
}

// Carries the plan out after it was agreed to.
ExitCode carry_out(const EtcdRepairCommand& options, const MemberFiles& member,
                   const RepairPlan& plan, Document& json) {
    if (options.dry_run)
        return ExitCode::damaged;
    const Answer answer = confirm("Do it?", options.yes);
    if (answer != Answer::yes)
        return report_not_done(answer);
    if (const auto done = etcd::apply_repair(member, plan); !done)
        return report(done.error());
    json["done"] = true;
    if (!wants_json())
        print(fmt::format("Done. To take it back, before etcd was started: rebolt etcd repair "
                          "--undo {}\n",
                          shell_quoted(options.member.common.file)));
    return ExitCode::repaired;
}

ExitCode run_repair(const EtcdRepairCommand& options) {
    const CommonOptions& common = options.member.common;
    common.apply();
    if (options.undo)
        return run_undo(options);
    const auto member = etcd::read_member(common.file, options.member.member());
    if (!member)
        return report(member.error());
    const RepairPlan plan = etcd::plan_repair(
        *member, {.donors = options.donors, .release = options.member.release_of(*member)});
    if (!wants_json())
        print(plan_text(plan));
    Document json = repair_plan_json(plan, common.file);
    ExitCode code = plan.way == RepairWay::not_needed ? ExitCode::done : ExitCode::damaged;
    if (plan.is_possible())
        code = carry_out(options, *member, plan, json);
    if (wants_json())
        print_document(json);
    return code;
}

} // namespace

void set_up_etcd_repair(Arguments arguments) {
    auto options = std::make_shared<EtcdRepairCommand>();
    options->member.add_to(arguments);
    arguments
        .option("--donor", options->donors,
                "A backup, or another member's db, that may stand in; may be repeated")
        .value_name("FILE");
    arguments.flag("-y,--yes", options->yes, "Do it without asking");
    const Option dry = arguments.flag("--dry-run", options->dry_run, "Show the plan only");
    arguments.flag("--undo", options->undo, "Take the last repair back").excludes(dry);
    arguments.footer("Stop etcd first. The plan is shown, then asked for (or --yes). No file is "
                     "deleted.\nExample: rebolt etcd repair /var/lib/etcd");
    arguments.exit_codes("0 nothing is to be done, 1 repaired, 4 not repaired, 8 failed");
    arguments.on_run([options] { return run_repair(*options); });
}

} // namespace rebolt::cli
