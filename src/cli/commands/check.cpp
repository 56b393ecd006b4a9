// rebolt check FILE
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include <rebolt/check.hpp>
#include <rebolt/find_files.hpp>
#include <rebolt/impact.hpp>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/check_json.hpp"
#include "cli/commands/check_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct CheckCommand {
    CommonOptions common;
    std::vector<std::string> files; ///< and folders
    std::uint64_t from_page = 0;
    unsigned threads = 0;
    std::size_t findings_max = 1000;
    bool no_values = false;
};

ExitCode exit_code_of(const CheckReport& report) {
    switch (report.verdict) {
    case Verdict::clean:
        return ExitCode::done;
    case Verdict::damaged:
        return ExitCode::damaged;
    case Verdict::not_a_bolt_file:
        return ExitCode::failed;
    }
    return ExitCode::failed;
}

Result<CheckReport> checked_pages(const PageSource& source, const CheckCommand& options) {
    Progress progress("pages", !options.common.quiet);
    CheckOptions check_options;
    check_options.threads = options.threads;
    check_options.findings_max = options.findings_max;
    if (options.from_page != 0)
        check_options.from_page = PageId{options.from_page};
    if (options.no_values)
        check_options.owners = {};
    check_options.progress = [&](const CheckProgress& at) {
        progress.update(at.pages_done, at.pages_total);
        return !cancelled();
    };
    return check(source, check_options);
}

CommonOptions quietly(CommonOptions options) {
    options.quiet = true;
    return options;
}

// One file; `is_alone`: it is the only one, so all is told of it.
ExitCode check_file(const CheckCommand& options, const std::string& file, bool is_alone) {
    const auto begin = std::chrono::steady_clock::now();
    CommonOptions common = options.common;
    common.file = file;
    auto source = open_pages(common);
    if (!source)
        return report(source.error());
    auto checked = checked_pages(*source, options);
    if (checked && checked->verdict == Verdict::damaged && common.live) { // a second copy confirms
        common.live_copy.reset();
        source = open_pages(quietly(common));
        if (!source)
            return report(source.error());
        checked = checked_pages(*source, options);
    }
    if (!checked)
        return report(checked.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (common.json)
        print(check_json(*checked, impact_of(*source, *checked), seconds.count()));
    else if (common.quiet || (!is_alone && checked->verdict == Verdict::clean))
        print(fmt::format("{}: {}\n", printable(checked->path), sentence(*checked)));
    else
        print(check_text(*checked, impact_of(*source, *checked)));
    return exit_code_of(*checked);
}

// The files named, and the bolt files below the folders named.
Result<std::vector<std::string>> files_of(const CheckCommand& options) {
    std::vector<std::string> files;
    for (const std::string& path : options.files) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        auto found = find_bolt_files(path, [](const std::string&) { return !cancelled(); });
        if (!found)
            return std::move(found).error();
        for (const std::string& file : found->bolt)
            files.push_back(file);
        for (const std::string& folder : found->unreadable)
            print_note(fmt::format("rebolt: cannot look into {}", printable(folder)));
        if (found->bolt.empty())
            print_note(fmt::format("rebolt: there is no bolt file below {}", printable(path)));
    }
    return files;
}

ExitCode run_check(const CheckCommand& options) {
    const auto files = files_of(options);
    if (!files)
        return report(files.error());
    if (files->size() == 1 && options.files.size() == 1)
        return check_file(options, files->front(), true);
    std::map<ExitCode, std::uint64_t> counts;
    ExitCode worst = ExitCode::done;
    for (const std::string& file : *files) {
        const ExitCode code = check_file(options, file, false);
        ++counts[code];
        worst = std::max(worst, code);
        if (cancelled())
            return ExitCode::cancelled;
    }
    if (!options.common.json)
        print(fmt::format("{} {}: {} clean, {} damaged, {} not checked\n", files->size(),
                          files->size() == 1 ? "file" : "files", counts[ExitCode::done],
                          counts[ExitCode::damaged], counts[ExitCode::failed]));
    return worst;
}

} // namespace

void set_up_check(Arguments arguments) {
    auto options = std::make_shared<CheckCommand>();
    arguments.positional("FILE", options->files, "Database files, and folders to look for them in")
        .required()
        .value_name("");
    options->common.add_for_any_file(arguments);
    options->common.add_for_reading(arguments);
    arguments
        .option("--from-page", options->from_page,
                "Check only what this page leads to; what nothing leads to is then not told")
        .check(whole_number(2));
    arguments
        .option("--threads", options->threads,
                "Threads to use; 0: all cores when the file is large enough to gain")
        .check(whole_number())
        .show_default();
    arguments.option("--max-findings", options->findings_max, "Findings to list; more are counted")
        .check(whole_number(1))
        .show_default();
    add_no_values(arguments, options->no_values);
    arguments.footer(
        "Example: rebolt check /var/lib/docker/network/files/local-kv.db\n"
        "         rebolt check /var/lib/docker\n"
        "         rebolt check --live /var/lib/etcd/default/member/snap/db\n"
        "Exit codes: 0 clean, 4 damaged, 8 not a bolt file or not readable, 16 wrong usage, "
        "32 cancelled.");
    arguments.on_run([options] { return run_check(*options); });
}

} // namespace rebolt::cli
