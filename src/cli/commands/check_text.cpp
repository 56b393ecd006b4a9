#include "cli/commands/check_text.hpp"

#include <algorithm>
#include <cctype>
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

std::string shell_quoted(const std::string& path) {
    const bool plain = !path.empty() && std::ranges::all_of(path, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("/._-+:@%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain)
        return path;
    std::string quoted = "'";
    for (const char c : path)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

Advice advice_for(const CheckReport& report) {
    if (report.verdict == Verdict::clean)
        return {};
    const Finding& worst = report.findings.front();
    Advice advice{.consequence = std::string(text_of(worst.code).consequence),
                  .hint = "do not start the service on this file; see what can still be read",
                  .command = "rebolt buckets " + shell_quoted(report.path)};
    if (report.verdict == Verdict::not_a_bolt_file || worst.code == FindingCode::file_empty) {
        advice.hint = std::string(text_of(worst.code).remedy);
        advice.command = "ls -l " + shell_quoted(report.path);
    } else if (report.trees.empty()) {
        advice.command = "rebolt pages " + shell_quoted(report.path);
    } else if (!worst.place.bucket.empty()) {
        advice.command = "rebolt keys " + shell_quoted(report.path);
        for (const std::string& name : worst.place.bucket)
            advice.command += " " + shell_quoted(printable(name));
    }
    return advice;
}

std::string check_text(const CheckReport& report) {
    std::string text = fmt::format("{}: {}\n", printable(report.path), sentence(report));
    for (const Finding& finding : report.findings)
        text += "\n" + finding_text(finding);
    if (report.findings_left_out != 0)
        text += fmt::format("\n{} more findings are counted but not listed\n",
                            report.findings_left_out);
    if (!report.findings.empty())
        text += "\n";
    text += pages_text(report) + keys_text(report);
    const Advice advice = advice_for(report);
    if (!advice.consequence.empty())
        text += fmt::format("\nWhat it means: {}.\nWhat to do: {}:\n  {}\n", advice.consequence,
                            advice.hint, advice.command);
    return text;
}

} // namespace rebolt::cli
