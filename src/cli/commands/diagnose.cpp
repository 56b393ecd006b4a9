// rebolt diagnose [LOG] [--unit UNIT] [--pid PID] [--file FILE]
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include <rebolt/diagnose.hpp>
#include <rebolt/evidence.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/diagnose_report.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct DiagnoseCommand {
    CommonOptions common; ///< its `file` is the log
    std::string unit;
    std::string journal;
    std::uint64_t entries = 200'000;
    std::uint64_t process = 0;
    double watch_seconds = 3;
    std::vector<std::string> files;
    bool no_file = false;
};

// More than one file is looked at only if they are named.
constexpr std::size_t files_max = 4;

Result<diagnose::ScanReport> scan(const DiagnoseCommand& options) {
    Progress progress(options.unit.empty() ? ProgressUnit::bytes : ProgressUnit::entries,
                      !options.common.quiet);
    const auto tell = [&](std::uint64_t done) {
        progress.update(done, done);
        return !cancelled();
    };
    if (!options.common.file.empty())
        return diagnose::scan_file(options.common.file, tell);
    return diagnose::scan_journal({options.unit, options.journal, options.entries}, tell);
}

// Looks at one file; what cannot be looked at is a note, unless it was asked for.
bool examine(const DiagnoseCommand& options, const std::string& named, const std::string& open_as,
             diagnose::Evidence& evidence) {
    const std::string path = named.starts_with('-') ? "./" + named : named; // no option
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    diagnose::FileOptions file_options;
    if (!options.common.live)
        file_options.lock_timeout = options.common.timeout();
    file_options.progress = [&](std::uint64_t done, std::uint64_t total) {
        progress.update(done, total);
        return !cancelled();
    };
    auto file = diagnose::examine_file(path, file_options, open_as);
    if (file) {
        evidence.files.push_back(std::move(*file));
        return true;
    }
    if (options.files.empty() && !cancelled()) {
        if (!options.common.quiet)
            print_note("note: " + file.error().to_text());
        return true;
    }
    static_cast<void>(report(file.error()));
    return false;
}

// The files that are named; else those that the process has open; else the
// likeliest that is here.
bool examine_files(const DiagnoseCommand& options, diagnose::Evidence& evidence) {
    if (options.no_file)
        return true;
    for (const std::string& path : options.files)
        if (!examine(options, path, {}, evidence))
            return false;
    if (!options.files.empty())
        return true;
    if (evidence.process)
        for (const diagnose::OpenDatabase& database : evidence.process->databases)
            if (evidence.files.size() < files_max &&
                !examine(options, database.path, database.open_as, evidence))
                return false;
    if (!evidence.files.empty() || evidence.diagnoses.empty())
        return true;
    for (const std::string& path : evidence.diagnoses.front().files) {
        std::error_code error;
        if (std::filesystem::exists(path, error) && evidence.files.size() < files_max &&
            !examine(options, path, {}, evidence))
            return false;
    }
    return true;
}

// The unit's own process, where it has one and none was named.
std::uint64_t process_of(const DiagnoseCommand& options, const diagnose::Evidence& evidence) {
    if (options.process != 0 || !evidence.unit || !options.journal.empty())
        return options.process;
    return evidence.unit->main_process;
}

bool inspect(const DiagnoseCommand& options, diagnose::Evidence& evidence) {
    if (!options.unit.empty() && options.journal.empty())
        evidence.unit = diagnose::inspect_unit(options.unit);
    const std::uint64_t id = process_of(options, evidence);
    if (id == 0)
        return true;
    diagnose::ProcessOptions process_options;
    process_options.watch = to_milliseconds(std::min(options.watch_seconds, 3600.0));
    process_options.cancelled = [] { return cancelled(); };
    auto process = diagnose::inspect_process(id, process_options);
    if (process)
        evidence.process = std::move(*process);
    else if (options.process != 0) {
        static_cast<void>(report(process.error()));
        return false;
    }
    return true;
}

ExitCode run_diagnose(const DiagnoseCommand& options) {
    options.common.apply();
    diagnose::Evidence evidence;
    std::optional<diagnose::ScanReport> log;
    if (!inspect(options, evidence))
        return cancelled() ? ExitCode::cancelled : ExitCode::failed;
    if (!options.common.file.empty() || !options.unit.empty()) {
        auto scanned = scan(options);
        // A unit that hangs may be known by its process alone.
        if (!scanned && !evidence.process)
            return report(scanned.error());
        if (scanned) {
            evidence.diagnoses = diagnose::judge(*scanned);
            log = std::move(*scanned);
        } else if (!options.common.quiet)
            print_note("note: " + scanned.error().to_text());
    }
    if (!examine_files(options, evidence))
        return cancelled() ? ExitCode::cancelled : ExitCode::failed;
    const diagnose::Conclusion conclusion = diagnose::conclude(evidence);
    const DiagnoseView view{log, evidence, conclusion, options.common.verbose};
    if (wants_json())
        print_document(diagnose_document(view));
    else if (options.common.quiet)
        print(diagnose_sentence(view) + "\n");
    else
        print(diagnose_text(view));
    return conclusion.is_cause_found ? ExitCode::damaged : ExitCode::done;
}

} // namespace

void set_up_diagnose(Arguments arguments) {
    auto options = std::make_shared<DiagnoseCommand>();
    arguments.positional("FILE", options->common.file, "The service's log; - is stdin");
    options->common.add_for_any_file(arguments);
    options->common.add_for_reading(arguments);
    arguments.option("--unit", options->unit, "Read the journal of this unit of systemd instead")
        .value_name("UNIT");
    arguments
        .option("--journal", options->journal,
                "The folder of the journal's files, of another machine")
        .value_name("FOLDER")
        .needs(arguments.find("--unit"));
    arguments.option("--entries", options->entries, "The newest entries of the journal to read")
        .check(whole_number(1))
        .show_default();
    arguments.option("--pid", options->process, "Look at this process, which hangs now")
        .value_name("PID")
        .check(whole_number(1));
    arguments.option("--watch", options->watch_seconds, "How long to watch the process's memory")
        .check(seconds_number())
        .show_default();
    arguments
        .option("--database", options->files,
                "The bbolt file that the service uses; may be given several times")
        .value_name("FILE");
    arguments.flag("--no-database", options->no_file, "Look at no file but the log")
        .excludes(arguments.find("--database"));
    arguments.footer("Nothing is changed: no signal is sent, no file is written.\nExample: rebolt "
                     "diagnose --unit docker");
    arguments.exit_codes(
        "0 nothing was found, 4 a cause was found, 8 the log or process cannot be read");
    arguments.on_check([options]() -> std::string {
        if (options->common.file.empty() && options->unit.empty() && options->process == 0)
            return "a log, --unit or --pid is required";
        if (!options->common.file.empty() && !options->unit.empty())
            return "a log and --unit exclude each other";
        return {};
    });
    arguments.on_run([options] { return run_diagnose(*options); });
}

} // namespace rebolt::cli
