#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/diagnose_report.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t shown_bytes = 200;

// A log's text may hold anything; a terminal gets what is printable.
std::string shown(std::string_view text) {
    std::string safe;
    const std::string_view rest = text.substr(0, shown_bytes);
    for (std::size_t at = 0; at < rest.size();) {
        const Character character = first_character(rest.substr(at));
        append_quoted(safe, rest.substr(at, character.bytes), character);
        at += character.bytes;
    }
    return safe + (text.size() > shown_bytes ? "…" : "");
}

std::string command_text(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += fmt::format("{}{}", text.empty() ? "" : " ", shell_word(word));
    return text;
}

// A command with a comment, which a shell leaves out of what is pasted. In a block
// each command but the last ends in `&&`.
std::string next_text(const diagnose::Conclusion& conclusion) {
    if (conclusion.next.empty())
        return {};
    std::string text;
    if (!conclusion.undo.empty())
        text +=
            fmt::format("\nTo take it all back afterwards:\n  {}\n", command_text(conclusion.undo));
    text += conclusion.is_block ? "\nNext, as one block (pasting it twice does no harm):\n"
                                : "\nNext:\n";
    for (const diagnose::Step& step : conclusion.next) {
        const bool is_joined =
            conclusion.is_block && !step.is_optional && &step != &conclusion.next.back();
        text += fmt::format("  {}{}{}    # {}\n", step.is_optional ? "# " : "",
                            command_text(step.words), is_joined ? " &&" : "", step.why);
    }
    return text;
}

// The names are a log's, the arrows ours.
std::string shown_path(std::string_view path) {
    constexpr std::string_view arrow = " → ";
    std::string shown;
    for (;;) {
        const std::size_t end = path.find(arrow);
        shown += printable(path.substr(0, end));
        if (end == std::string_view::npos)
            return shown;
        shown += arrow;
        path.remove_prefix(end + arrow.size());
    }
}

std::string symptom_text(const diagnose::Diagnosis& diagnosis) {
    const diagnose::Symptom& symptom = diagnosis.symptom;
    std::string text =
        fmt::format("{} ({})", name_of(symptom.signature), name_of(diagnosis.certainty));
    if (!symptom.program.empty())
        text += fmt::format(", {}", shown(symptom.program));
    text += fmt::format(", line {}", symptom.line);
    if (!symptom.time.empty())
        text += fmt::format(", {}", shown(symptom.time));
    if (symptom.count > 1)
        text += fmt::format(", {} times", symptom.count);
    text += fmt::format("\n  {}\n", shown(symptom.text));
    const std::string path = shown_path(symptom.trace.call_path());
    if (!path.empty())
        text += fmt::format("  goroutine {}: {}\n", symptom.trace.goroutine, path);
    return text;
}

std::string log_text(const diagnose::ScanReport& log) {
    std::string text =
        fmt::format("{}: {} line{}, {} crash{}\n", printable(log.source), log.lines,
                    log.lines == 1 ? "" : "s", log.traces, log.traces == 1 ? "" : "es");
    if (log.lines_cut != 0)
        text += fmt::format("{} {} longer than {} bytes; only the beginning was read\n",
                            log.lines_cut, log.lines_cut == 1 ? "line is" : "lines are",
                            diagnose::LogScan::line_bytes_max);
    if (log.symptoms_left != 0)
        text += fmt::format("{} more symptom{} counted but not listed\n", log.symptoms_left,
                            log.symptoms_left == 1 ? "" : "s");
    return text;
}

std::string list_text(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty())
        return {};
    std::string text = fmt::format("\n{}:\n", title);
    for (const std::string& line : lines)
        text += fmt::format("  - {}\n", shown(line));
    return text;
}

// What was given is no log: there is nothing to show of one.
bool is_database(const DiagnoseView& view) {
    const auto& diagnoses = view.evidence.diagnoses;
    return diagnoses.size() == 1 &&
           diagnoses.front().symptom.signature == diagnose::Signature::database_given;
}

} // namespace

std::string diagnose_sentence(const DiagnoseView& view) {
    return view.conclusion.happened;
}

std::string diagnose_text(const DiagnoseView& view) {
    const diagnose::Conclusion& conclusion = view.conclusion;
    std::string text = fmt::format("{}\n", conclusion.is_cause_found ? red(conclusion.happened)
                                                                     : conclusion.happened);
    text += list_text(conclusion.is_cause_found ? "Proof" : "Seen", conclusion.proof);
    text += list_text("Why it may have happened", conclusion.why);
    if (view.log && !is_database(view)) {
        text += "\nIn " + log_text(*view.log);
        const auto& diagnoses = view.evidence.diagnoses;
        const std::size_t count =
            view.verbose ? diagnoses.size() : std::min<std::size_t>(diagnoses.size(), 3);
        for (std::size_t i = 0; i < count; ++i)
            text += symptom_text(diagnoses[i]);
        if (count < diagnoses.size())
            text += fmt::format("and {} more; -v lists them\n", diagnoses.size() - count);
    }
    text += list_text("What to know", conclusion.facts);
    if (!conclusion.safe.empty())
        text += fmt::format("\n{}\n", conclusion.safe);
    return text + next_text(conclusion);
}

} // namespace rebolt::cli
