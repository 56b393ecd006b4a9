// rebolt check FILE
#include <chrono>
#include <memory>

#include <rebolt/check.hpp>
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

struct Options {
    CommonOptions common;
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

ExitCode run_check(const Options& options) {
    const auto begin = std::chrono::steady_clock::now();
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    Progress progress("pages", !options.common.quiet);
    CheckOptions check_options;
    check_options.threads = options.threads;
    check_options.findings_max = options.findings_max;
    if (options.no_values)
        check_options.owners = {};
    check_options.progress = [&](const CheckProgress& at) {
        progress.update(at.pages_done, at.pages_total);
        return !cancelled();
    };
    const auto checked = check(*source, check_options);
    if (!checked)
        return report(checked.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (options.common.json)
        print(check_json(*checked, impact_of(*source, *checked), seconds.count()));
    else if (options.common.quiet)
        print(fmt::format("{}: {}\n", printable(checked->path), sentence(*checked)));
    else
        print(check_text(*checked, impact_of(*source, *checked)));
    return exit_code_of(*checked);
}

} // namespace

void set_up_check(Arguments arguments) {
    auto options = std::make_shared<Options>();
    options->common.add_to(arguments);
    arguments
        .option("--threads", options->threads,
                "Threads to use; 0: all cores when the file is large enough to gain")
        .check(whole_number())
        .show_default();
    arguments.option("--max-findings", options->findings_max, "Findings to list; more are counted")
        .check(whole_number(1))
        .show_default();
    arguments.flag("--no-values", options->no_values,
                   "Do not parse the values of programs that are known (Docker, etcd, containerd)");
    arguments.footer(
        "Example: rebolt check /var/lib/docker/network/files/local-kv.db\n"
        "Exit codes: 0 clean, 4 damaged, 8 not a bolt file or not readable, 16 wrong usage, "
        "32 cancelled.");
    arguments.on_run([options] { return run_check(*options); });
}

} // namespace rebolt::cli
