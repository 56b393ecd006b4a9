// rebolt scrub [FILE…]
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>

#include <glob.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/scrub.hpp>

#include "cli/bolt_files.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/guard/subcommands.hpp"
#include "cli/counted.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct ScrubCommand {
    GuardPaths paths;
    std::vector<std::string> files;
    std::string metrics;
    double timeout_seconds = 10;
    bool no_values = false;
    bool full_speed = false;
    bool quiet = false;
};

// Everything else on the host goes first. Best effort.
void become_idle() {
    constexpr int lowest = 19;
    constexpr int io_class_idle = 3;
    constexpr int io_class_shift = 13;
    constexpr int of_process = 1;
    ::setpriority(PRIO_PROCESS, 0, lowest);
    ::syscall(SYS_ioprio_set, of_process, 0, io_class_idle << io_class_shift);
}

std::vector<std::string> matches_of(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    return paths.empty() ? std::vector{pattern} : paths; // not there: told when it is checked
}

// Files, files below folders, and what patterns match; none named: all that are known.
Result<std::vector<std::string>> scrubbed_files(const ScrubCommand& options,
                                                const GuardConfig& config) {
    if (options.files.empty())
        return known_bolt_files(config);
    std::vector<std::string> paths;
    for (const std::string& pattern : options.files)
        std::ranges::move(matches_of(pattern), std::back_inserter(paths));
    return bolt_files_of(paths);
}

Document json_of(const ScrubbedFile& file) {
    return {{"file", file.path},
            {"owner", file.owner},
            {"state", name_of(file.state)},
            {"line", file.line},
            {"findings", file.findings},
            {"pages", file.pages},
            {"free_pages", file.free_pages},
            {"transaction", file.transaction},
            {"checked_at", file.checked_at.time_since_epoch().count()},
            {"last_recovery", file.last_recovery.time_since_epoch().count()},
            {"microseconds", file.took.count()}};
}

ExitCode code_of(const std::vector<ScrubbedFile>& files) {
    ExitCode code = ExitCode::done;
    for (const ScrubbedFile& file : files) {
        if (file.state == ScrubState::damaged)
            return ExitCode::damaged;
        if (file.state == ScrubState::not_checked)
            code = ExitCode::failed;
    }
    return code;
}

void print_sum(const std::vector<ScrubbedFile>& files) {
    std::map<ScrubState, std::uint64_t> counts;
    for (const ScrubbedFile& file : files)
        ++counts[file.state];
    print(fmt::format("{}: {} clean, {} damaged, {} not checked\n", counted(files.size(), "file"),
                      counts[ScrubState::clean], counts[ScrubState::damaged],
                      counts[ScrubState::not_checked]));
}

std::vector<ScrubbedFile> scrub_all(const ScrubCommand& options,
                                    const std::vector<std::string>& paths,
                                    const std::string& state_folder) {
    ScrubOptions scrub;
    scrub.state_folder = state_folder;
    scrub.check.threads = 1;
    scrub.check.progress = [](const CheckProgress&) { return !cancelled(); };
    if (options.no_values)
        scrub.check.owners = {};
    scrub.live.timeout = to_milliseconds(options.timeout_seconds);
    scrub.live.progress = [](const LiveProgress&) { return !cancelled(); };
    std::vector<ScrubbedFile> files;
    for (const std::string& path : paths) {
        files.push_back(scrub_file(path, scrub));
        if (cancelled())
            break;
        const ScrubbedFile& file = files.back();
        if (!wants_json() && (!options.quiet || file.state != ScrubState::clean))
            print(fmt::format("{}: {}{}\n", printable(file.path),
                              file.state == ScrubState::not_checked ? "not checked: " : "",
                              printable(file.line)));
    }
    return files;
}

ExitCode run_scrub(const ScrubCommand& options) {
    const auto config = guard_config_of(options.paths);
    if (!config)
        return report(config.error());
    const auto paths = scrubbed_files(options, *config);
    if (!paths)
        return report(paths.error());
    if (!options.full_speed)
        become_idle();
    const std::vector<ScrubbedFile> files =
        scrub_all(options, *paths, config->options.state_folder);
    if (cancelled())
        return ExitCode::cancelled;
    if (wants_json())
        print_document({{"shape", "rebolt.scrub/1"}, {"files", array_of(files, json_of)}});
    else
        print_sum(files);
    if (!options.metrics.empty())
        if (const auto written = write_metrics(options.metrics, files); !written)
            return report(written.error());
    return code_of(files);
}

} // namespace

void set_up_scrub(Arguments arguments) {
    auto options = std::make_shared<ScrubCommand>();
    options->paths.add_to(arguments);
    arguments.positional("FILE", options->files,
                         "Files, folders and patterns; none: the files of all programs that the "
                         "guard knows, and of its configuration");
    arguments
        .option("--metrics", options->metrics,
                "Write a file for the textfile collector of Prometheus' node exporter")
        .value_name("FILE");
    arguments
        .option("--timeout", options->timeout_seconds,
                "Seconds to try to read a file that is being written to")
        .check(seconds_number())
        .show_default();
    add_no_values(arguments, options->no_values);
    arguments.flag("--full-speed", options->full_speed,
                   "Do not let everything else on the host go first");
    arguments.flag("-q,--quiet", options->quiet, "Say nothing of clean files").common();
    arguments.footer(
        "Reads beside the programs that use the files, without their locks; stops nothing and "
        "changes nothing.\n"
        "Example: rebolt scrub\n"
        "         rebolt scrub --metrics /var/lib/prometheus/node-exporter/rebolt.prom\n"
        "         rebolt scrub '/srv/*/state.db' --json");
    arguments.exit_codes("0 all clean, 4 a file is damaged, 8 a file could not be checked");
    arguments.on_run([options] { return run_scrub(*options); });
}

} // namespace rebolt::cli
