#include "cli/commands/check_text.hpp"
#include "cli/shell_quoted.hpp"

#include <iterator>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

std::string finding_text(const Finding& finding) {
    const FindingText& text = text_of(finding.code);
    std::string lines =
        fmt::format("{:<5} {}: {}\n", name_of(finding.severity), text.name, finding.message);
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
    return fmt::format("{} keys in {} buckets can be reached in transaction {}\n",
                       tree.key_count - tree.bucket_count, tree.bucket_count,
                       number(tree.transaction));
}

} // namespace

Advice advice_for(const CheckReport& report, std::string impact) {
    if (report.verdict == Verdict::clean)
        return {};
    const Finding& worst = report.findings.front();
    const std::string file = shell_quoted(report.path);
    Advice advice{.consequence = std::move(impact),
                  .hint = "do not start the service on this file; bring its data back into a new "
                          "file (this one stays as it is)",
                  .command = fmt::format("rebolt recover {} -o {}", file,
                                         shell_quoted(report.path + ".recovered"))};
    if (report.verdict == Verdict::not_a_bolt_file || worst.code == FindingCode::file_empty) {
        advice.hint = std::string(text_of(worst.code).remedy);
        advice.command = "ls -l " + file;
    }
    return advice;
}

std::string check_text(const CheckReport& report, const std::string& impact) {
    std::string text = fmt::format("{}: {}\n", printable(report.path), sentence(report));
    for (const Finding& finding : report.findings)
        text += "\n" + finding_text(finding);
    if (report.findings_left_out != 0)
        text += fmt::format("\n{} more findings are counted but not listed\n",
                            report.findings_left_out);
    if (!report.findings.empty())
        text += "\n";
    text += pages_text(report) + keys_text(report);
    const Advice advice = advice_for(report, impact);
    if (!advice.consequence.empty())
        text += fmt::format("\nImpact: {}.\nWhat to do: {}:\n  {}\n", advice.consequence,
                            advice.hint, advice.command);
    return text;
}

} // namespace rebolt::cli
