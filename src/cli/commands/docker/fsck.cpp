// rebolt docker fsck [FILE]
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <rebolt/docker/fsck.hpp>

#include "cli/commands/docker/target.hpp"
#include "cli/in_place_edit.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using docker::FsckFinding;
using docker::FsckReport;
using docker::NetworkState;

struct DockerFsckCommand {
    EditOptions edit;
    std::string data_root;
    std::string version;
    bool repair = false;
};

std::string again(const DockerFsckCommand& options) {
    std::string text =
        fmt::format("rebolt docker fsck --repair --yes {}", shell_quoted(options.edit.common.file));
    if (!options.data_root.empty())
        text += " --data-root " + shell_quoted(options.data_root);
    if (!options.version.empty())
        text += " --docker " + shell_word(options.version);
    return text;
}

std::string finding_text(const FsckFinding& finding) {
    const docker::FsckText& code = text_of(finding.code);
    std::string text = fmt::format("{} {}: {}\n      key {}\n      Docker: {}\n",
                                   code.is_damage ? red("damage") : yellow("note"), code.name,
                                   printable(finding.message), printable(finding.key),
                                   printable(finding.consequence));
    for (const docker::RecordChange& change : finding.repair)
        text += fmt::format("      repair: {}\n", printable(change.what));
    for (const std::string& unknown : finding.unknown)
        text += fmt::format("      not known: {}\n", printable(unknown));
    if (finding.repair.empty() && code.is_damage)
        text += finding.is_left ? "      repair: none; you must decide\n"
                                : "      repair: follows from the other repairs\n";
    return text;
}

std::string report_text(const FsckReport& report, const NetworkState& state,
                        const DockerFsckCommand& options) {
    std::string text = fmt::format(
        "{}: {}\nBy the rules of {}\n\n", printable(options.edit.common.file),
        report.damage_count == 0
            ? fmt::format("all {} records{} are consistent", state.record_count(),
                          state.is_complete() ? "" : " that can be read")
            : fmt::format("{} {}, {} of {} damage", report.findings.size(),
                          report.findings.size() == 1 ? "finding" : "findings", report.damage_count,
                          report.findings.size() == 1 ? "it" : "them"),
        releases_text(report.releases));
    for (const FsckFinding& finding : report.findings)
        text += finding_text(finding);
    if (report.damage_count == 0 || options.repair)
        return text;
    if (report.changes.empty())
        return text + fmt::format("\nNothing can be repaired automatically; {} {} your decision\n",
                                  report.left_count,
                                  report.left_count == 1 ? "finding needs" : "findings need");
    return text + fmt::format("\nRepairing {} {} would {}:\n  {}\n", report.changes.size(),
                              report.changes.size() == 1 ? "key" : "keys",
                              report.left_count == 0
                                  ? "clear all damage"
                                  : fmt::format("leave {} for you to decide", report.left_count),
                              again(options));
}

Document change_json(const docker::RecordChange& change) {
    return {{"key", printable(change.key)},
            {"removed", !change.value.has_value()},
            {"what", change.what}};
}

Document report_json(const FsckReport& report, const NetworkState& state,
                     const DockerFsckCommand& options) {
    Document json{{"shape", "rebolt.docker-fsck/1"}, {"file", options.edit.common.file}};
    put_completeness(json, state);
    json["docker"] = releases_json(report.releases);
    json["records"] = state.record_count();
    json["damage"] = report.damage_count;
    json["left_after_repair"] = report.left_count;
    json["findings"] = Document::array();
    for (const FsckFinding& finding : report.findings) {
        Document repair = Document::array();
        for (const docker::RecordChange& change : finding.repair)
            repair.push_back(change_json(change));
        json["findings"].push_back({{"code", text_of(finding.code).name},
                                    {"damage", text_of(finding.code).is_damage},
                                    {"key", printable(finding.key)},
                                    {"message", finding.message},
                                    {"consequence", finding.consequence},
                                    {"repair", repair},
                                    {"unknown", finding.unknown},
                                    {"left_after_repair", finding.is_left}});
    }
    json["changes"] = Document::array();
    for (const docker::RecordChange& change : report.changes)
        json["changes"].push_back(change_json(change));
    return json;
}

ExitCode repair(const DockerFsckCommand& options, PageSource source, const FsckReport& found,
                Document* json) {
    const auto plan = docker::plan_fsck(source, found);
    if (!plan)
        return report_edit(plan.error());
    return repair_records(options.edit, std::move(source), *plan,
                          {.again = again(options), .left_count = found.left_count, .json = json});
}

ExitCode repair_or_refuse(const DockerFsckCommand& options, PageSource source,
                          const NetworkState& state, const FsckReport& found, Document* json) {
    if (!options.repair || (state.is_whole && found.changes.empty()))
        return found.damage_count != 0 || !state.is_complete() ? ExitCode::damaged : ExitCode::done;
    if (state.is_whole)
        return repair(options, std::move(source), found, json);
    print_note(fmt::format("The file is damaged itself: what seems to be missing may be there. "
                           "First: rebolt recover {} -o {}",
                           shell_quoted(options.edit.common.file),
                           shell_quoted(options.edit.common.file + ".recovered")));
    return ExitCode::damaged;
}

Result<std::optional<docker::Containers>> containers_of(const DockerFsckCommand& options) {
    if (options.data_root.empty())
        return std::optional<docker::Containers>{};
    auto containers = docker::load_containers(options.data_root);
    if (!containers)
        return std::move(containers).error();
    for (const std::string& file : containers->unreadable)
        print_note(fmt::format("note: {} is no container's file: passed over", printable(file)));
    return std::optional(std::move(*containers));
}

ExitCode run_fsck(DockerFsckCommand& options) {
    CommonOptions& common = options.edit.common;
    common.file = target_of(common.file, options.data_root);
    auto source = open_shown_pages(common);
    if (!source)
        return report_unopened(source.error());
    const auto state = docker::load_network_state(*source);
    if (!state)
        return report(state.error());
    const auto containers = containers_of(options);
    if (!containers)
        return report(containers.error());
    const docker::Containers* second = *containers ? &**containers : nullptr;
    const FsckReport found = docker::fsck(
        *state, second, releases_of(options.version, *state, second, options.data_root));
    tell_completeness(*state, common.file);
    if (!wants_json()) {
        print(report_text(found, *state, options));
        return repair_or_refuse(options, std::move(*source), *state, found, nullptr);
    }
    Document json = report_json(found, *state, options);
    const ExitCode code = repair_or_refuse(options, std::move(*source), *state, found, &json);
    print_document(json);
    return code;
}

} // namespace

ExitCode fsck_network_state(const EditOptions& edit, bool repair) {
    DockerFsckCommand options{.edit = edit, .data_root = {}, .version = {}, .repair = repair};
    return run_fsck(options);
}

void set_up_docker_fsck(Arguments arguments) {
    auto options = std::make_shared<DockerFsckCommand>();
    options->edit.add_to(arguments);
    options->edit.common.add_for_reading(arguments);
    add_data_root(arguments, options->data_root);
    arguments.find("--data-root")
        .description("Docker's data root: compare with the containers' own files, and rebuild "
                     "lost networks and endpoints from them");
    add_docker_version(arguments, options->version);
    arguments
        .flag("--repair", options->repair,
              "Repair what can be repaired: shown first, then asked for (or --yes)")
        .excludes(arguments.find("--live"));
    arguments.footer(
        "Stop dockerd before you repair. `rebolt undo FILE` takes a repair back.\nExample: rebolt "
        "docker fsck --data-root /var/lib/docker --repair");
    arguments.exit_codes("0 all fits together, 1 repaired, 4 damage left, 8 failed");
    arguments.on_run([options] { return run_fsck(*options); });
}

} // namespace rebolt::cli
