// rebolt fsck FILE
#include <memory>

#include <fmt/format.h>

#include <rebolt/content_sample.hpp>
#include <rebolt/fsck.hpp>
#include <rebolt/schema.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/docker/target.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct FsckCommand {
    EditOptions edit;
    bool repair = false;
};

std::string again(const FsckCommand& options) {
    return fmt::format("rebolt fsck --repair --yes {}", shell_quoted(options.edit.common.file));
}

/// `ctr/<id>: <key>`, without a key that is a secret.
std::string place_text(const IndexReport& report, const IndexFinding& finding) {
    std::string text;
    for (const std::string& name : finding.bucket)
        text += (text.empty() ? "" : "/") + printable(name);
    if (finding.key.empty())
        return text;
    const auto words = schema::readable_key(report.owner, finding.bucket, finding.key);
    return text + ": " + (words ? words->text : printable(finding.key));
}

std::string finding_text(const IndexReport& report, const IndexFinding& finding) {
    std::string text = fmt::format("{} {}: {}\n      at {}\n      Then: {}\n",
                                   finding.is_damage ? red("damage") : yellow("note"), finding.code,
                                   printable(finding.message), place_text(report, finding),
                                   printable(finding.consequence));
    for (const BucketChange& change : finding.repair)
        text += fmt::format("      repair: {}\n", printable(change.what));
    if (finding.repair.empty() && finding.is_damage)
        text += "      repair: none; you must decide\n";
    return text;
}

std::string report_text(const IndexReport& report, const FsckCommand& options) {
    std::string text = fmt::format("{}: {}\n\n", printable(options.edit.common.file),
                                   report.damage_count == 0
                                       ? fmt::format("all {} records of {} are consistent",
                                                     report.records, schema::name_of(report.owner))
                                       : fmt::format("{} of {} findings {} damage",
                                                     report.damage_count, report.findings.size(),
                                                     report.damage_count == 1 ? "is" : "are"));
    for (const IndexFinding& finding : report.findings)
        text += finding_text(report, finding);
    if (!report.changes.empty() && !options.repair)
        text += fmt::format("\nRepairing {} {} would leave {} of these findings:\n  {}\n",
                            report.changes.size(), report.changes.size() == 1 ? "key" : "keys",
                            report.left_count, again(options));
    return text;
}

Document report_json(const IndexReport& report, const FsckCommand& options) {
    Document json{{"shape", "rebolt.fsck/1"},
                  {"file", options.edit.common.file},
                  {"owner", schema::name_of(report.owner)},
                  {"records", report.records},
                  {"damage", report.damage_count},
                  {"left_after_repair", report.left_count},
                  {"findings", Document::array()}};
    for (const IndexFinding& finding : report.findings) {
        Document repair = Document::array();
        for (const BucketChange& change : finding.repair)
            repair.push_back(change.what);
        json["findings"].push_back({{"code", finding.code},
                                    {"damage", finding.is_damage},
                                    {"place", place_text(report, finding)},
                                    {"message", finding.message},
                                    {"consequence", finding.consequence},
                                    {"repair", repair}});
    }
    return json;
}

ExitCode repair(const FsckCommand& options, PageSource source, const IndexReport& found,
                Document* json) {
    const auto plan = plan_fsck(source, found);
    if (!plan)
        return report_edit(plan.error());
    return repair_records(options.edit, std::move(source), *plan,
                          {.again = again(options), .left_count = found.left_count, .json = json});
}

ExitCode repair_if_asked(const FsckCommand& options, PageSource source, const IndexReport& found,
                         Document* json) {
    if (!options.repair || found.changes.empty())
        return found.damage_count != 0 ? ExitCode::damaged : ExitCode::done;
    return repair(options, std::move(source), found, json);
}

Owner owner_of_file(const CommonOptions& options) {
    const auto source = PageSource::open(options.file, {.lock = false});
    return source ? owner_of(*source, known_owner_rules()) : Owner::unknown;
}

ExitCode run_fsck(const FsckCommand& options) {
    if (owner_of_file(options.edit.common) == Owner::docker_network)
        return fsck_network_state(options.edit, options.repair);
    auto source = open_shown_pages(options.edit.common);
    if (!source)
        return report_edit(source.error());
    const auto found = fsck(*source);
    if (!found)
        return report_edit(found.error());
    if (!wants_json()) {
        print(report_text(*found, options));
        return repair_if_asked(options, std::move(*source), *found, nullptr);
    }
    Document json = report_json(*found, options);
    const ExitCode code = repair_if_asked(options, std::move(*source), *found, &json);
    print_document(json);
    return code;
}

} // namespace

void set_up_fsck(Arguments arguments) {
    auto options = std::make_shared<FsckCommand>();
    options->edit.add_to(arguments);
    arguments.flag("--repair", options->repair,
                   "Repair what can be repaired: shown first, then asked for (or --yes)");
    arguments.footer(
        "For files of Docker's networks, Podman, InfluxDB, Portainer, raft (Consul, Nomad, Vault) "
        "and Bleve: docs/owners.md. Stop the service first. `rebolt undo FILE` takes a repair "
        "back.\nExample: rebolt fsck --repair /var/lib/containers/storage/libpod/bolt_state.db");
    arguments.exit_codes("0 all consistent, 1 repaired, 4 damage left, 8 failed");
    arguments.on_run([options] { return run_fsck(*options); });
}

} // namespace rebolt::cli
