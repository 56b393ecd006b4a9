// From all evidence to one answer: what happened, what is safe, what is next.
#include <algorithm>

#include <fmt/format.h>

#include <rebolt/evidence.hpp>

#include "diagnose/known_files.hpp"
#include "diagnose/text.hpp"

namespace rebolt::diagnose {
namespace {

std::string program_in(const Evidence& evidence) {
    if (evidence.process)
        return evidence.process->program;
    if (!evidence.diagnoses.empty() && !evidence.diagnoses.front().symptom.program.empty())
        return evidence.diagnoses.front().symptom.program;
    return {};
}

std::vector<std::string> units_in(const Evidence& evidence) {
    std::vector<std::string> units = units_of(program_in(evidence));
    const bool is_asked = evidence.unit && evidence.unit->unavailable != "there is no such unit";
    if (is_asked && std::ranges::find(units, evidence.unit->unit) == units.end())
        return {evidence.unit->unit};
    return units;
}

const FileEvidence* damaged_file(const Evidence& evidence) {
    const auto at = std::ranges::find_if(evidence.files, &FileEvidence::is_damaged);
    return at == evidence.files.end() ? nullptr : &*at;
}

// Space and notes stand behind what is worse.
const Finding* worst_of(const FileEvidence& file) {
    return file.check.findings.empty() ? nullptr : &file.check.findings.front();
}

bool is_loop(const FileEvidence& file) {
    return std::ranges::any_of(file.check.findings, [](const Finding& finding) {
        return finding.code == FindingCode::page_cycle;
    });
}

void add_file_proof(const FileEvidence& file, Conclusion& conclusion) {
    if (!file.is_damaged()) {
        conclusion.proof.push_back(
            fmt::format("{} is clean now: all pages of it were checked", printable(file.path)));
        return;
    }
    conclusion.proof.push_back(fmt::format("{}: {}", printable(file.path), sentence(file.check)));
    constexpr std::size_t shown_max = 3;
    for (std::size_t i = 0; i < std::min(shown_max, file.check.findings.size()); ++i) {
        const Finding& finding = file.check.findings[i];
        if (finding.severity < Severity::data)
            break;
        const std::string place = to_text(finding.place);
        conclusion.proof.push_back(fmt::format("{}: {}{}", text_of(finding.code).name,
                                               finding.message,
                                               place.empty() ? "" : " (" + place + ")"));
    }
    if (!file.lock_holders.empty())
        conclusion.proof.push_back(
            fmt::format("the file was read while {} held its lock", file.lock_holders));
}

// A way down that is longer than the file has pages passes one of them twice.
void add_depth_proof(const Evidence& evidence, const FileEvidence& file, Conclusion& conclusion) {
    if (evidence.diagnoses.empty() || file.check.pages.total == 0)
        return;
    const auto depth = evidence.diagnoses.front().depth;
    if (depth && *depth > file.check.pages.total)
        conclusion.proof.push_back(fmt::format(
            "the file has {} pages: a way down of {} passes the same ones again and again",
            grouped(file.check.pages.total), grouped(*depth)));
}

void add_process_proof(const ProcessEvidence& process, Conclusion& conclusion) {
    for (const OpenDatabase& database : process.databases) {
        std::string lock = fmt::format("holds no lock on it");
        if (database.lock == HeldLock::waiting)
            lock = fmt::format("does not hold its lock, which {} holds", database.lock_holders);
        else if (database.lock != HeldLock::none)
            lock = fmt::format("holds its {} lock", name_of(database.lock));
        conclusion.proof.push_back(fmt::format("process {} ({}) has {} open and {}",
                                               process.process_id, process.program,
                                               printable(database.path), lock));
    }
    if (process.samples.size() < 2)
        return;
    const double growth = process.growth_bytes_per_second();
    const double seconds = process.samples.back().seconds - process.samples.front().seconds;
    const std::string now = bytes_text(process.samples.back().used_bytes);
    if (process.is_growing())
        conclusion.proof.push_back(
            fmt::format("its memory grew by {} a second over {:.1f} seconds, to {}",
                        bytes_text(static_cast<std::uint64_t>(growth)), seconds, now));
    else
        conclusion.proof.push_back(
            fmt::format("its memory did not grow over {:.1f} seconds: {}", seconds, now));
}

void add_unit_proof(const UnitEvidence& unit, Conclusion& conclusion) {
    if (!unit.unavailable.empty()) {
        conclusion.proof.push_back(
            fmt::format("nothing is known of {}: {}", unit.unit, unit.unavailable));
        return;
    }
    std::string text = fmt::format("{} is {} ({})", unit.unit, unit.active, unit.sub);
    if (!unit.result.empty() && unit.result != "success")
        text += fmt::format(", the last end was {}", unit.result);
    if (unit.restarts != 0)
        text += fmt::format(", restarted {} times", unit.restarts);
    conclusion.proof.push_back(std::move(text));
}

void add_recovery_steps(const Evidence& evidence, const FileEvidence& file,
                        Conclusion& conclusion) {
    const std::vector<std::string> units = units_in(evidence);
    const auto step = [&](std::string why, std::vector<std::string> words) {
        conclusion.next.push_back({std::move(why), std::move(words)});
    };
    if (!units.empty()) {
        std::vector<std::string> words{"systemctl", "stop"};
        words.insert(words.end(), units.begin(), units.end());
        step("stop the service, so that nothing holds the file", std::move(words));
    }
    step("keep the damaged file", {"cp", "-p", file.path, file.path + ".damaged"});
    if (!file.recovery) {
        const Finding* worst = worst_of(file);
        step(worst == nullptr ? "see what is left of it" : std::string(text_of(worst->code).remedy),
             {"rebolt", "check", file.path});
        return;
    }
    const RecoverReport& report = *file.recovery;
    step(report.lost_estimate == 0
             ? fmt::format("bring the data back into a new file: {} keys, none is known to be lost",
                           grouped(report.counts.total()))
             : fmt::format("bring the data back into a new file: {} keys, about {} are lost",
                           grouped(report.counts.total()), grouped(report.lost_estimate)),
         {"rebolt", "recover", file.path, "-o", file.path + ".recovered"});
    step("put it in place", {"cp", file.path + ".recovered", file.path});
    if (!units.empty())
        step("start the service", {"systemctl", "start", units.back()});
}

void conclude_damaged(const Evidence& evidence, const FileEvidence& file, Conclusion& conclusion) {
    conclusion.is_cause_found = true;
    conclusion.certainty = Certainty::proven;
    const Finding* worst = worst_of(file);
    const std::string program = program_in(evidence);
    conclusion.happened =
        fmt::format("{} is damaged{}.", printable(file.path),
                    worst == nullptr ? "" : fmt::format(": {}", text_of(worst->code).summary));
    if (evidence.process && evidence.process->is_growing() && is_loop(file))
        conclusion.happened +=
            fmt::format(" {} walks in a circle through it and eats memory.", program);
    else if (!evidence.diagnoses.empty() && evidence.diagnoses.front().certainty != Certainty::hint)
        conclusion.happened +=
            fmt::format(" The log says the same: {}.", evidence.diagnoses.front().cause);
    const std::string_view loss = loss_by_deleting(file.path);
    conclusion.safe = fmt::format("Safe: to read the file; `rebolt recover` only reads it.\nNot "
                                  "safe: to start the service on "
                                  "it again{}; to delete it{}.",
                                  is_loop(file) ? ", as it would take all memory again" : "",
                                  loss.empty() ? "" : fmt::format(", as that loses {}", loss));
    add_recovery_steps(evidence, file, conclusion);
}

void conclude_lock(const Evidence& evidence, Conclusion& conclusion) {
    const Diagnosis& best = evidence.diagnoses.front();
    conclusion.safe =
        "Safe: to look who holds the lock.\nNot safe: to delete or copy over the file "
        "while another process has it open.";
    for (const std::string& path : best.files)
        conclusion.next.push_back({"see who has the file open", {"fuser", "-v", path}});
    for (const FileEvidence& file : evidence.files)
        if (!file.lock_holders.empty())
            conclusion.happened +=
                fmt::format(" Now {} holds {}.", file.lock_holders, printable(file.path));
}

void conclude_log(const Evidence& evidence, Conclusion& conclusion) {
    const Diagnosis& best = evidence.diagnoses.front();
    conclusion.certainty = best.certainty;
    conclusion.is_cause_found = best.certainty != Certainty::hint;
    const std::string& program = best.symptom.program;
    conclusion.happened =
        fmt::format("{}: {}.", program.empty() ? "The service" : program, best.cause);
    if (best.symptom.signature == Signature::lock_timeout) {
        conclude_lock(evidence, conclusion);
        return;
    }
    conclusion.safe = "Safe: to read the file; `rebolt check` and `rebolt recover` only read.\n"
                      "Not safe: to delete it before a copy is kept.";
    if (!evidence.files.empty())
        conclusion.happened += " The file is clean now: it was replaced since, the service uses "
                               "another one, or what was read was wrong (disk, memory).";
    for (const std::string& path : best.files) {
        const bool is_examined =
            std::ranges::find(evidence.files, path, &FileEvidence::path) != evidence.files.end();
        if (!is_examined && conclusion.next.size() < 4)
            conclusion.next.push_back(
                {"look at the file, on the machine of the log", {"rebolt", "check", path}});
    }
    if (conclusion.next.empty())
        conclusion.next.push_back(
            {"look at the database that the service uses", {"rebolt", "check", "FILE"}});
}

void conclude_process(const Evidence& evidence, Conclusion& conclusion) {
    const ProcessEvidence& process = *evidence.process;
    const auto waits = std::ranges::find(process.databases, HeldLock::waiting, &OpenDatabase::lock);
    if (waits != process.databases.end()) {
        conclusion.is_cause_found = true;
        conclusion.certainty = Certainty::likely;
        conclusion.happened =
            fmt::format("{} waits for the lock of {}, which {} holds.", process.program,
                        printable(waits->path), waits->lock_holders);
        conclusion.safe = "Safe: to end the process that holds the lock as its own manual says.\n"
                          "Not safe: to delete the file or to copy over it.";
        conclusion.next.push_back({"see who has the file open", {"fuser", "-v", waits->path}});
        return;
    }
    conclusion.happened =
        process.databases.empty()
            ? fmt::format("{} has no bbolt file open.", process.program)
            : fmt::format("{} has {} bbolt file{} open, and no damage was found.", process.program,
                          process.databases.size(), process.databases.size() == 1 ? "" : "s");
    if (process.program.starts_with("dockerd") || process.program.starts_with("containerd"))
        conclusion.next.push_back(
            {"have it write its goroutines' stacks (it goes on running), then give their file or "
             "its journal to rebolt diagnose",
             {"kill", "-USR1", std::to_string(process.process_id)}});
}

} // namespace

Conclusion conclude(const Evidence& evidence) {
    Conclusion conclusion;
    const FileEvidence* damaged = damaged_file(evidence);
    if (damaged != nullptr)
        conclude_damaged(evidence, *damaged, conclusion);
    else if (!evidence.diagnoses.empty())
        conclude_log(evidence, conclusion);
    else if (evidence.process)
        conclude_process(evidence, conclusion);
    else
        conclusion.happened = "Nothing was found that points to a bbolt file.";
    if (!evidence.diagnoses.empty())
        conclusion.proof = evidence.diagnoses.front().proof;
    if (damaged != nullptr)
        add_depth_proof(evidence, *damaged, conclusion);
    if (evidence.process)
        add_process_proof(*evidence.process, conclusion);
    if (evidence.unit)
        add_unit_proof(*evidence.unit, conclusion);
    for (const FileEvidence& file : evidence.files)
        add_file_proof(file, conclusion);
    return conclusion;
}

} // namespace rebolt::diagnose
