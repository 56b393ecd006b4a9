#include "cli/commands/check_text.hpp"

#include <iterator>

#include <fmt/format.h>

#include "cli/counted.hpp"
#include "cli/help_page.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

std::string colored(const std::string& text, Severity severity) {
    return severity == Severity::fatal || severity == Severity::data ? red(text) : yellow(text);
}

std::string finding_text(const Finding& finding) {
    const FindingText& text = text_of(finding.code);
    std::string lines = fmt::format(
        "{} {}: {}\n", colored(fmt::format("{:<5}", name_of(finding.severity)), finding.severity),
        text.name, finding.message);
    const std::string place = to_text(finding.place);
    if (!place.empty() || finding.transaction)
        lines += fmt::format("      {}{}{}\n", place, place.empty() ? "" : ", ",
                             finding.transaction
                                 ? fmt::format("transaction {}", number(*finding.transaction))
                                 : std::string("in the file's meta pages"));
    if (finding.repeated != 0 && finding.code != FindingCode::page_leaked)
        lines += fmt::format("      {} more {} of the same cause\n", finding.repeated,
                             finding.repeated == 1 ? "symptom" : "symptoms");
    return lines;
}

std::string pages_text(const CheckReport& report) {
    const PageCounts& pages = report.pages;
    if (pages.total == 0)
        return {};
    std::string text = fmt::format("{} pages of {} bytes: {} meta", pages.total,
                                   report.page_size_bytes, pages.meta);
    const auto add = [&text](std::uint64_t count, const char* what) {
        if (count != 0)
            fmt::format_to(std::back_inserter(text), ", {} {}", count, what);
    };
    add(pages.freelist, "freelist");
    add(pages.branch, "branch");
    add(pages.leaf, "leaf");
    add(pages.overflow, "overflow");
    add(pages.damaged, "damaged");
    add(pages.free, "free");
    add(pages.leaked, report.verdict == Verdict::clean ? "leaked" : "cut off or leaked");
    add(pages.missing, "missing from the file");
    return text + "\n";
}

std::string keys_text(const CheckReport& report) {
    if (report.trees.empty())
        return {};
    const TreeReport& tree = report.trees.front();
    const std::uint64_t keys = tree.key_count - tree.bucket_count;
    return fmt::format("{} in {} {} reachable (transaction {})\n", counted(keys, "key"),
                       counted(tree.bucket_count, "bucket"), keys == 1 ? "is" : "are",
                       number(tree.transaction));
}

// A command with FILE in it, for this file.
std::string with_file(std::string_view command, const std::string& file) {
    constexpr std::string_view placeholder = "FILE";
    std::string text(command);
    for (std::size_t at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at + file.size()))
        text.replace(at, placeholder.size(), file);
    return text;
}

// The metas count the pages, where one of them can be used.
bool has_nothing(const CheckReport& report, Prospect prospect) {
    const PageCounts& pages = report.pages;
    return prospect == Prospect::nothing ||
           (prospect == Prospect::unknown && pages.total != 0 &&
            pages.branch + pages.leaf + pages.leaked + pages.damaged == 0);
}

bool has_sound_tree(const CheckReport& report) {
    return !report.trees.empty() && report.trees.front().is_sound;
}

} // namespace

Advice advice_for(const CheckReport& report, std::string impact, Prospect prospect) {
    if (report.verdict == Verdict::clean || report.findings.empty())
        return {};
    const Finding& worst = report.findings.front();
    const std::string file = shell_quoted(report.path);
    Advice advice{.consequence = std::move(impact),
                  .hint =
                      "do not start the service with this file. Recover its data into a new file "
                      "(the original is not modified)",
                  .command = fmt::format("rebolt recover {} -o {}", file,
                                         shell_quoted(report.path + ".recovered"))};
    if (report.foreign && !report.foreign->command.empty()) {
        advice.hint = fmt::format("it is not a bolt file, but: {}", report.foreign->name);
        advice.command = with_file(report.foreign->command, file);
    } else if (report.verdict == Verdict::not_a_bolt_file ||
               worst.code == FindingCode::file_empty) {
        advice.hint = std::string(text_of(worst.code).remedy);
        advice.command = "ls -l " + file;
    } else if (has_nothing(report, prospect) && has_sound_tree(report)) {
        advice.hint = "the database is empty; repair makes it usable again";
        advice.command = "rebolt repair " + file;
    } else if (has_nothing(report, prospect)) {
        advice.hint = "nothing is left in it to recover; restore a copy";
        advice.command = "ls -l " + file;
    }
    if (report.path == standard_input) {
        const bool is_recoverable = advice.command.starts_with("rebolt recover");
        advice.hint = is_recoverable
                          ? "keep these bytes in a file, and recover its data into a new one"
                          : "no database came through the pipe; check the file that it is made of";
        advice.command = is_recoverable ? "rebolt recover FILE -o NEW" : "rebolt check FILE";
    }
    return advice;
}

std::string verdict_text(const CheckReport& report) {
    const std::string text = sentence(report);
    return report.verdict == Verdict::clean ? green(text) : red(text);
}

std::string advice_text(const Advice& advice) {
    constexpr std::size_t line_columns = 80;
    return fmt::format("{}\n  {}\n",
                       wrapped(fmt::format("What to do: {}:", advice.hint), line_columns, 0),
                       advice.command);
}

std::string check_text(const CheckReport& report, const Advice& advice, const RecordSums& records) {
    std::string text = fmt::format("{}: {}\n", printable(report.path), verdict_text(report));
    for (const Finding& finding : report.findings)
        text += "\n" + finding_text(finding);
    if (report.findings_left_out != 0)
        text += fmt::format("\n{} more findings are counted but not listed\n",
                            report.findings_left_out);
    if (!report.findings.empty())
        text += "\n";
    text += pages_text(report) + keys_text(report) + records_text(records);
    if (!advice.consequence.empty())
        text += fmt::format("\nImpact: {}.\n{}", advice.consequence, advice_text(advice));
    return text;
}

} // namespace rebolt::cli
