// rebolt guard docker|containerd|etcd|FILE…
#include <cstdlib>
#include <memory>
#include <new>

#include <fmt/format.h>

#include <rebolt/guard.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/guard/guard_process.hpp"
#include "cli/commands/guard/subcommands.hpp"
#include "cli/docker_root.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* default_config = "/etc/rebolt/guard.toml";

struct GuardCommand {
    GuardPaths paths;
    std::vector<std::string> targets;
    std::string policy;
    std::string data_root;
    double budget_seconds = 0;
    bool reset_caches = false;
    bool rebuild = false;
    bool dry_run = false;
    bool before_start = false;
    bool after_start = false;
    bool after_stop = false;
    bool again = false;
    bool quiet = false;
};

GuardMoment moment_of(const GuardCommand& options) {
    if (options.before_start)
        return GuardMoment::before_start;
    if (options.after_start)
        return GuardMoment::after_start;
    return options.after_stop ? GuardMoment::after_stop : GuardMoment::any;
}

// The service runs, or has stopped: nothing is to be decided.
bool is_after(const GuardCommand& options) {
    return options.after_start || options.after_stop;
}

struct Work {
    GuardOptions options;
    std::vector<GuardedFile> files;
};

Result<void> add_target(Work& work, const std::string& target, const GuardCommand& options) {
    if (target.find('/') == std::string::npos && !target.ends_with(".db")) {
        auto files = guard_preset(target, {.data_root = options.data_root});
        if (!files)
            return std::move(files).error();
        work.files.insert(work.files.end(), files->begin(), files->end());
        return {};
    }
    work.files.push_back({.path = target, .docker_root = docker_root_of(target)});
    return {};
}

Result<Work> work_of(const GuardCommand& options) {
    auto config = guard_config_of(options.paths);
    if (!config)
        return std::move(config).error();
    Work work{.options = std::move(config->options), .files = {}};
    std::vector<std::string> targets = options.targets;
    if (targets.empty()) {
        targets = config->presets;
        work.files = config->files;
    }
    for (const std::string& target : targets)
        if (auto added = add_target(work, target, options); !added)
            return std::move(added).error();
    if (work.files.empty())
        return Error(ErrorCode::invalid_argument,
                     "nothing to guard: name docker, containerd, etcd or a file");
    work.options.reset_caches |= options.reset_caches;
    work.options.dry_run = options.dry_run;
    work.options.moment = moment_of(options);
    work.options.again = options.again;
    work.options.rebuild = options.rebuild;
    if (options.budget_seconds > 0)
        work.options.time_budget = to_milliseconds(options.budget_seconds);
    if (const auto policy = guard_policy(options.policy))
        for (GuardedFile& file : work.files)
            file.policy = *policy;
    return work;
}

Document json_of(const GuardReport& report) {
    Document json{
        {"file", report.path},
        {"outcome", name_of(report.outcome)},
        {"may_start", report.may_start},
        {"line", report.line},
        {"damage", report.damage.empty() ? Document(nullptr) : Document(report.damage)},
        {"broken_seal",
         report.broken_seal.empty() ? Document(nullptr) : Document(report.broken_seal)},
        {"quarantine", report.quarantine.empty() ? Document(nullptr) : Document(report.quarantine)},
        {"snapshot", report.snapshot.empty() ? Document(nullptr) : Document(report.snapshot)},
        {"donors", report.donors},
        {"restored_from",
         report.restored_from.empty() ? Document(nullptr) : Document(report.restored_from)},
        {"records_mended", report.records_mended},
        {"microseconds", report.took.count()}};
    if (report.recovery) {
        Document keys = Document::object();
        for (std::size_t i = 0; i < provenance_count; ++i)
            keys[std::string(name_of(static_cast<Provenance>(i)))] =
                report.recovery->counts.keys[i];
        json["keys"] = keys;
        json["lost_estimate"] = report.recovery->lost_estimate;
    }
    return json;
}

// systemd reads a number in angle brackets as the priority of the line.
std::string_view priority_of(const GuardReport& report) {
    if (std::getenv("JOURNAL_STREAM") == nullptr)
        return "";
    if (!report.may_start)
        return "<3>";
    const bool is_well = report.broken_seal.empty() && (report.outcome == GuardOutcome::clean ||
                                                        report.outcome == GuardOutcome::absent);
    return is_well ? "<6>" : "<4>";
}

void print_report(const GuardReport& report) {
    print(fmt::format("{}rebolt guard: {}: {}: {}\n", priority_of(report), printable(report.path),
                      name_of(report.outcome), printable(report.line)));
}

ExitCode nothing_guarded(const Error& why, const GuardCommand& options) {
    const ExitCode code = report(why);
    if (options.before_start)
        print_note("Nothing was guarded; the service starts.");
    if (options.before_start || is_after(options))
        return ExitCode::done;
    return why.code() == ErrorCode::invalid_argument ? ExitCode::usage : code;
}

void guard_all(const GuardCommand& options, ExitCode& code) {
    const auto work = work_of(options);
    if (!work) {
        code = nothing_guarded(work.error(), options);
        return;
    }
    GuardProcess process(work->files, work->options);
    Document json{{"shape", "rebolt.guard/1"}, {"may_start", true}, {"files", Document::array()}};
    for (const GuardedFile& file : work->files) {
        if (!is_after(options))
            notify_systemd(printable(file.path), work->options.time_budget);
        const GuardReport report = process.next();
        if (cancelled()) {
            code = ExitCode::cancelled;
            return;
        }
        if (!report.may_start && !is_after(options))
            code = report.outcome == GuardOutcome::failed ? ExitCode::failed : ExitCode::damaged;
        if (wants_json())
            json["files"].push_back(json_of(report));
        else if (!options.quiet || report.outcome > GuardOutcome::clean ||
                 !report.broken_seal.empty())
            print_report(report);
    }
    json["may_start"] = code == ExitCode::done;
    if (wants_json())
        print_document(json);
    else if (code != ExitCode::done)
        print_note("The service must not start on these files: see the lines above.");
}

// The answer is the exit code. Without memory, or without a way to say it, the files
// are not known to be damaged.
ExitCode run_guard(const GuardCommand& options) {
    let_output_fail();
    ExitCode code = ExitCode::done;
    try {
        guard_all(options, code);
    } catch (const std::bad_alloc&) {
        print_out_of_memory();
    }
    return code;
}

} // namespace

void GuardPaths::add_to(Arguments arguments) {
    arguments
        .option("--config", config,
                fmt::format("The configuration (default: {}, if it is "
                            "there)",
                            default_config))
        .value_name("FILE");
    arguments.option("--state-folder", state_folder, "Where snapshots and records are")
        .value_name("FOLDER");
}

Result<GuardConfig> guard_config_of(const GuardPaths& paths) {
    auto config = read_guard_config(paths.config.empty() ? default_config : paths.config);
    if (!config && paths.config.empty() && config.error().code() == ErrorCode::file_not_found)
        config = GuardConfig{};
    if (config && !paths.state_folder.empty())
        config->options.state_folder = paths.state_folder;
    return config;
}

void set_up_guard(Arguments arguments) {
    auto options = std::make_shared<GuardCommand>();
    options->paths.add_to(arguments);
    arguments.positional("TARGET", options->targets,
                         "docker, containerd, etcd, or files; none: what the configuration says");
    arguments
        .option("--policy", options->policy,
                "For all files: recover (set aside and bring back what is there), quarantine "
                "(set aside; the service makes a new one), refuse (leave it, and stop the "
                "start)")
        .check(one_of({"recover", "quarantine", "refuse"}));
    arguments
        .option("--data-root", options->data_root,
                "The service's data root, if it is not where its configuration says")
        .value_name("FOLDER");
    arguments
        .option("--budget", options->budget_seconds,
                "How long one file may take (default: 60, or the configuration's)")
        .check(seconds_number(0.001));
    arguments.flag("--reset-caches", options->reset_caches,
                   "Set damaged caches (BuildKit's) aside instead of recovering them");
    arguments.flag("--rebuild", options->rebuild,
                   "Rebuild Docker's network state from the containers' files where it is gone");
    arguments.flag("--dry-run", options->dry_run,
                   "Say what would be done, with the exit code of it, and change nothing");
    arguments.flag("--again", options->again,
                   "Recover also a file that `guard undo` put back and that is unchanged since");
    arguments.flag("--before-start", options->before_start,
                   "In a service's unit: what the configuration says wrongly is told, and does "
                   "not stop the start; snapshots of large files are left to --after-start");
    arguments.flag("--after-start", options->after_start,
                   "In a service's unit, when it runs: snapshots of what has changed, and nothing "
                   "else; exit 0");
    arguments.flag("--after-stop", options->after_stop,
                   "In a service's unit, when it has stopped: snapshot and seal clean files, leave "
                   "damaged ones to the next start, exit 0");
    arguments.flag("-q,--quiet", options->quiet, "Say nothing of clean files").common();
    arguments.footer("In front of a service (ExecStartPre=): exits 0 if it may start. A damaged "
                     "file is kept beside its place as FILE.damaged-TIME; `rebolt guard undo FILE` "
                     "puts it back.\nExample: rebolt guard docker");
    arguments.exit_codes("0 may start, 4 a damaged file was left as it is, 8 failed");
    arguments.allow_subcommand();
    set_up_guard_undo(arguments.subcommand("undo", "Put a file back that the guard set aside"));
    set_up_guard_install(
        arguments.subcommand("install", "Put the guard in front of a service of systemd"));
    set_up_guard_uninstall(arguments.subcommand("uninstall", "Remove the guard from the service"));
    set_up_guard_status(arguments.subcommand("status", "Each guarded file: its state and copies"));
    set_up_guard_history(
        arguments.subcommand("history", "All damage that was met, and what was lost"));
    set_up_guard_report(arguments.subcommand("report", "Sum up what many hosts tell"));
    arguments.on_run([options] { return run_guard(*options); });
}

} // namespace rebolt::cli
