// rebolt check FILE
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>

#include <unistd.h>

#include <rebolt/check.hpp>
#include <rebolt/impact.hpp>
#include <rebolt/read_pages.hpp>
#include <rebolt/storage_risk.hpp>

#include <fmt/format.h>

#include "cli/bolt_files.hpp"
#include "cli/cancel.hpp"
#include "cli/commands/check_json.hpp"
#include "cli/commands/check_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/counted.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
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
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    CheckOptions check_options;
    check_options.threads = options.threads;
    check_options.findings_max =
        options.findings_max == 0 ? std::numeric_limits<std::size_t>::max() : options.findings_max;
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

// Where the file is kept, and what may damage it there.
std::string storage_text(const std::string& file) {
    std::string text;
    if (const auto mount = mount_of(file))
        text = fmt::format("\nStorage: {} on {}, mounted at {}\n", mount->type,
                           printable(mount->source), printable(mount->folder));
    for (const StorageRisk& risk : storage_risks(file))
        text += fmt::format("  - {}\n", printable(to_text(risk)));
    return text;
}

CommonOptions quietly(CommonOptions options) {
    options.quiet = true;
    return options;
}

struct Checked {
    CheckReport report;
    Advice advice;
    RecordSums records; ///< of a damaged file
    double seconds = 0;
};

// What is safe of a damaged file's data: not asked for, too large to say, or counted.
void add_prospect(const PageSource& source, const CommonOptions& options, Checked& checked) {
    std::string impact = impact_of(source, checked.report);
    Prospect prospect = Prospect::unknown;
    if (checked.report.verdict == Verdict::damaged && !options.quiet) {
        Progress progress(ProgressUnit::pages, true);
        auto rehearsal = rehearse_recovery(source, {.progress = [&](const RecoverProgress& at) {
                                               progress.update(at.done, at.total);
                                               return !cancelled();
                                           }});
        if (rehearsal && *rehearsal) {
            checked.records = std::move((*rehearsal)->records);
            prospect =
                (*rehearsal)->recovery.counts.is_empty() ? Prospect::nothing : Prospect::something;
        } else if (rehearsal)
            print_note(fmt::format("note: {} is too large to count here what recovery would bring "
                                   "back: rebolt recover --dry-run does",
                                   printable(options.file)));
        else if (rehearsal.error().code() != ErrorCode::cancelled)
            prospect = Prospect::nothing;
    }
    checked.advice = advice_for(checked.report, std::move(impact), prospect);
}

Result<Checked> check_file(const CheckCommand& options, const std::string& file) {
    const auto start = std::chrono::steady_clock::now();
    CommonOptions common = options.common;
    common.file = file;
    const bool is_piped = file == standard_input;
    auto source = is_piped ? read_pages(STDIN_FILENO, file) : open_pages(common);
    if (!source)
        return Error(source.error().code(), source.error().message()).in_file(file);
    auto report = checked_pages(*source, options);
    if (report && report->verdict == Verdict::damaged && common.live &&
        !is_piped) { // a second copy confirms
        common.live_copy.reset();
        source = open_pages(quietly(common));
        if (!source)
            return std::move(source).error();
        report = checked_pages(*source, options);
    }
    if (!report)
        return std::move(report).error();
    Checked checked{std::move(*report), {}, {}, 0};
    add_prospect(*source, common, checked);
    checked.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return checked;
}

Document document_of(const Checked& checked) {
    Document json = check_document(checked.report, checked.advice, checked.seconds);
    json["data"] = records_document(checked.records);
    return json;
}

std::string sentence_text(const CheckReport& report) {
    return fmt::format("{}: {}\n", printable(report.path), verdict_text(report));
}

void print_text(const Checked& checked, const std::string& file, const CheckCommand& options,
                bool is_line) {
    print(is_line ? sentence_text(checked.report)
                  : check_text(checked.report, checked.advice, checked.records));
    if (options.common.verbose && file != standard_input)
        print(storage_text(file));
}

ExitCode check_one(const CheckCommand& options, const std::string& file) {
    const auto checked = check_file(options, file);
    if (!checked)
        return report(checked.error());
    if (wants_json())
        print_document(document_of(*checked));
    else
        print_text(*checked, file, options, options.common.quiet);
    return exit_code_of(checked->report);
}

// One of several files: a clean one is a line.
ExitCode check_next(const CheckCommand& options, const std::string& file, DocumentList& list) {
    const auto checked = check_file(options, file);
    if (!checked)
        return report(checked.error());
    if (wants_json())
        list.add(document_of(*checked));
    else
        print_text(*checked, file, options,
                   options.common.quiet || checked->report.verdict == Verdict::clean);
    return exit_code_of(checked->report);
}

ExitCode run_check(const CheckCommand& options) {
    if (options.files.size() == 1 && !std::filesystem::is_directory(options.files.front()))
        return check_one(options, options.files.front());
    const auto files = bolt_files_of(options.files);
    if (!files)
        return report(files.error());
    DocumentList list({{"shape", "rebolt.check-files/1"}}, "files");
    std::map<ExitCode, std::uint64_t> counts;
    ExitCode worst = ExitCode::done;
    for (const std::string& file : *files) {
        const ExitCode code = check_next(options, file, list);
        ++counts[code];
        worst = std::max(worst, code);
        if (cancelled())
            return ExitCode::cancelled;
    }
    list.put("clean", counts[ExitCode::done]);
    list.put("damaged", counts[ExitCode::damaged]);
    list.put("not_checked", counts[ExitCode::failed]);
    if (!wants_json())
        print(fmt::format("{}: {} clean, {} damaged, {} not checked\n",
                          counted(files->size(), "file"), counts[ExitCode::done],
                          counts[ExitCode::damaged], counts[ExitCode::failed]));
    return worst;
}

} // namespace

void set_up_check(Arguments arguments) {
    auto options = std::make_shared<CheckCommand>();
    arguments
        .positional("FILE", options->files,
                    "Database files, and folders to look for them in; - is stdin")
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
    arguments
        .option("--max-findings", options->findings_max,
                "Findings to list, more are counted; 0: all")
        .check(whole_number())
        .show_default();
    add_no_values(arguments, options->no_values);
    arguments.footer("Example: rebolt check /var/lib/docker/network/files/local-kv.db\n"
                     "         rebolt check /var/lib/docker\n"
                     "         zcat backup.db.gz | rebolt check -\n"
                     "         rebolt check --live /var/lib/etcd/default/member/snap/db");
    arguments.exit_codes("0 clean, 4 damaged, 8 not a bolt file or not readable");
    arguments.on_run([options] { return run_check(*options); });
}

} // namespace rebolt::cli
