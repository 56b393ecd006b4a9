#include "judge.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include <rebolt/rebolt.hpp>

#include "base/try.hpp"
#include "interpreter.hpp"
#include "support/describe.hpp"

namespace rebolt::test {
namespace {

// What is wrong is an error here, so that TRY passes it on.
Error wrong(std::string_view kind, std::string_view what) {
    return {ErrorCode::invalid_argument, fmt::format("{}: {}", kind, what)};
}

Error failed(std::string_view kind, const Error& error) {
    return wrong(kind, error.to_text());
}

std::string name_of_file(const std::string& file) {
    return file.substr(file.rfind('/') + 1);
}

std::string verdict(const Result<void>& judged) {
    return judged ? std::string{} : judged.error().message();
}

// The first line that differs, of each.
std::string difference(const std::string& ours, const std::string& theirs) {
    std::istringstream our_lines(ours);
    std::istringstream their_lines(theirs);
    std::string our_line;
    std::string their_line;
    while (true) {
        const bool ours_ended = !std::getline(our_lines, our_line);
        const bool theirs_ended = !std::getline(their_lines, their_line);
        if (ours_ended || theirs_ended || our_line != their_line)
            return fmt::format("ours `{}`, theirs `{}`",
                               ours_ended ? "(ended)" : our_line.substr(0, 300),
                               theirs_ended ? "(ended)" : their_line.substr(0, 300));
    }
}

Result<void> compare_results(const Script& script, const std::string& ours,
                             const std::string& theirs) {
    if (ours == theirs)
        return {};
    const std::string what = difference(ours, theirs);
    // Results begin with their line's number.
    const std::string text = what.substr(what.find('`') + 1);
    const std::size_t line = text.starts_with('(') ? 0 : std::stoul(text);
    return wrong("results", fmt::format("{} for `{}`", what,
                                        line == 0 ? "" : script.at(line - 1).substr(0, 300)));
}

Result<std::string> run_ours(Interpreter& ours, std::size_t from, std::size_t to) {
    auto results = ours.run(from, to);
    if (!results)
        return failed("rebolt failed", results.error());
    return results;
}

Result<std::string> run_theirs(const Bench& bench, const std::string& file, std::size_t from,
                               std::size_t to) {
    Peer::Answer answer =
        bench.peer.ask(fmt::format("apply {} {}/script {} {}", file, bench.folder, from, to));
    if (!answer.error.empty())
        return wrong("bbolt failed", answer.error);
    return std::move(answer.text);
}

// What both say of one file, when they agree.
Result<std::string> describe_by_both(const Bench& bench, const std::string& file) {
    const auto db = DB::open(file, {.read_only = true});
    if (!db)
        return failed("rebolt cannot open " + name_of_file(file), db.error());
    auto ours = describe(*db);
    if (!ours)
        return failed("rebolt cannot read " + name_of_file(file), ours.error());
    const Peer::Answer theirs = bench.peer.ask("describe " + file);
    if (!theirs.error.empty())
        return wrong("bbolt cannot read " + name_of_file(file), theirs.error);
    if (*ours != theirs.text)
        return wrong("read differently " + name_of_file(file), difference(*ours, theirs.text));
    return ours;
}

// Buckets, sequences, keys and values, without all that tells of pages.
std::string content_of(const std::string& description) {
    std::string content;
    std::istringstream lines(description);
    std::string line;
    std::getline(lines, line); // of the file
    while (std::getline(lines, line))
        content += line.substr(0, line.find(",\"root\":")) + '\n';
    return content;
}

bool is_damage(const Finding& finding) {
    return finding.severity == Severity::data || finding.severity == Severity::fatal;
}

// bbolt may forget pages when it deletes a bucket with buckets in it. Where nothing is
// left that tells so, rebolt's check takes them for lost writes, and bbolt's own check
// complains of them as well.
bool is_damage_but_for_leaks(const Finding& finding) {
    return is_damage(finding) && finding.code != FindingCode::pages_unreachable;
}

bool is_any(const Finding&) {
    return true;
}

// `counts`: which findings are wrong.
Result<void> check_ours(const std::string& file, bool (*counts)(const Finding&)) {
    const auto source = PageSource::open(file);
    if (!source)
        return failed("rebolt cannot open " + name_of_file(file), source.error());
    const auto report = check(*source);
    if (!report)
        return failed("rebolt cannot check " + name_of_file(file), report.error());
    const auto found = std::ranges::find_if(report->findings, counts);
    if (found == report->findings.end())
        return {};
    return wrong("rebolt finds in " + file, fmt::format("{}: {}, {}", text_of(found->code).name,
                                                        to_text(found->place), found->message));
}

Result<void> check_theirs(const Bench& bench, const std::string& file) {
    const Peer::Answer answer = bench.peer.ask("check " + file);
    if (!answer.error.empty())
        return wrong("bbolt finds in " + name_of_file(file),
                     answer.text.substr(0, 300) + answer.error);
    return {};
}

// A file that bbolt wrote.
Result<void> check_theirs_by_ours(const Bench& bench, const std::string& file) {
    const Peer::Answer theirs = bench.peer.ask("check " + file);
    const bool leaks = theirs.text.find("unreachable unfreed") != std::string::npos;
    return check_ours(file, leaks ? is_damage_but_for_leaks : is_damage);
}

Result<void> compare_files(const Bench& bench, const std::string& ours, const std::string& theirs) {
    const std::string our_content = content_of(TRY(describe_by_both(bench, ours)));
    const std::string their_content = content_of(TRY(describe_by_both(bench, theirs)));
    if (our_content != their_content)
        return wrong("content", difference(our_content, their_content));
    return {};
}

Result<void> run_side_by_side(const Script& script, const Bench& bench) {
    const std::string our_file = bench.folder + "/rebolt.db";
    const std::string their_file = bench.folder + "/bbolt.db";
    Interpreter interpreter(our_file, script);
    for (const Session& session : sessions_of(script)) {
        const std::string ours = TRY(run_ours(interpreter, session.first, session.last));
        const std::string theirs = TRY(run_theirs(bench, their_file, session.first, session.last));
        TRY(compare_results(script, ours, theirs));
        if (!interpreter.findings().empty())
            return wrong("rebolt finds when it opens its file", interpreter.findings());
        TRY(check_ours(our_file, is_any));
        TRY(check_theirs(bench, our_file));
        TRY(check_theirs_by_ours(bench, their_file));
        TRY(compare_files(bench, our_file, their_file));
    }
    return {};
}

Result<void> run_turns(const Script& script, const Bench& bench) {
    const std::string shared = bench.folder + "/shared.db";
    const std::string alone = bench.folder + "/bbolt.db";
    const std::size_t count = transaction_count(script);
    Interpreter interpreter(shared, script);
    std::string results;
    for (std::size_t turn = 1; turn <= count; ++turn) {
        results += TRY(turn % 2 == 1 ? run_theirs(bench, shared, turn, turn)
                                     : run_ours(interpreter, turn, turn));
        TRY(check_theirs_by_ours(bench, shared));
    }
    const std::string theirs = TRY(run_theirs(bench, alone, 1, count));
    TRY(compare_results(script, results, theirs));
    return compare_files(bench, shared, alone);
}

} // namespace

std::string judge_side_by_side(const Script& script, const Bench& bench) {
    return verdict(run_side_by_side(script, bench));
}

std::string judge_turns(const Script& script, const Bench& bench) {
    return verdict(run_turns(script, bench));
}

} // namespace rebolt::test
