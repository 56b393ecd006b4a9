// From all evidence to one answer: what happened, what is safe, what is next.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <rebolt/evidence.hpp>

#include "diagnose/next_steps.hpp"
#include "diagnose/number_text.hpp"
#include "diagnose/places.hpp"

namespace rebolt::diagnose {
namespace {

std::string program_in(const Evidence& evidence) {
    if (evidence.process)
        return evidence.process->program;
    if (!evidence.diagnoses.empty() && !evidence.diagnoses.front().symptom.program.empty())
        return printable(evidence.diagnoses.front().symptom.program);
    return {};
}

std::vector<std::string> units_in(const Evidence& evidence) {
    std::vector<std::string> units = evidence.diagnoses.empty() ? units_of(program_in(evidence))
                                                                : evidence.diagnoses.front().units;
    const bool is_asked = evidence.unit && evidence.unit->unavailable != "there is no such unit";
    if (is_asked && std::ranges::find(units, evidence.unit->unit) == units.end())
        return {evidence.unit->unit};
    return units;
}

const FileEvidence* damaged_file(const Evidence& evidence) {
    const auto at = std::ranges::find_if(evidence.files, &FileEvidence::is_damaged);
    return at == evidence.files.end() ? nullptr : &*at;
}

// Space and notes come after what is worse.
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
            "the file has only {} pages, so a cursor {} levels deep must be revisiting them",
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
            fmt::format("nothing is known about {}: {}", unit.unit, unit.unavailable));
        return;
    }
    std::string text = fmt::format("{} is {} ({})", unit.unit, unit.active, unit.sub);
    if (!unit.result.empty() && unit.result != "success")
        text += fmt::format(", last result: {}", unit.result);
    if (unit.restarts != 0)
        text += fmt::format(", restarted {} times", unit.restarts);
    conclusion.proof.push_back(std::move(text));
}

// Whether a damaged file can be behind it: not behind a lock, or an error of the system.
bool is_of_damage(Signature signature) {
    constexpr std::array others{Signature::lock_timeout,      Signature::file_missing,
                                Signature::file_too_large,    Signature::address_space_exhausted,
                                Signature::mmap_unsupported,  Signature::file_still_mapped,
                                Signature::value_too_large,   Signature::disk_full,
                                Signature::io_error,          Signature::read_only_file_system,
                                Signature::permission_denied, Signature::database_closed,
                                Signature::start_hanging,     Signature::database_given};
    return std::ranges::find(others, signature) == others.end();
}

// How long the service is down for it.
std::string time_fact(std::chrono::milliseconds took) {
    constexpr std::chrono::milliseconds second{1000};
    if (took < second)
        return "recovery takes less than a second";
    return fmt::format("recovery takes about {} s", (took + second / 2) / second);
}

void add_facts(const FileEvidence& file, Conclusion& conclusion) {
    for (const StorageRisk& risk : file.risks)
        conclusion.why.push_back(to_text(risk));
    if (!file.recovery || file.recovery->counts.is_empty())
        return;
    const std::string_view meanwhile = effect_of_stopping(file.check.owner);
    conclusion.facts.push_back(
        meanwhile.empty() ? time_fact(file.recovery_time)
                          : fmt::format("{}; {}", time_fact(file.recovery_time), meanwhile));
    if (is_recovered_in_place(file) && file.recovery->outcome != RecoverOutcome::all)
        conclusion.facts.push_back(
            "it is not proven that nothing is missing, so `rebolt recover` ends with exit code 4 "
            "and the block stops there; paste it again to go on");
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
            fmt::format(" {} is looping over its pages and its memory keeps growing.", program);
    else if (!evidence.diagnoses.empty() && evidence.diagnoses.front().certainty != Certainty::hint)
        conclusion.happened += fmt::format(
            " The log {}: {}.",
            is_of_damage(evidence.diagnoses.front().symptom.signature) ? "says the same"
                                                                       : "tells of something else",
            evidence.diagnoses.front().cause);
    const std::string_view loss = loss_by_deleting(file.path);
    const std::string data = to_text(file.records);
    conclusion.safe = fmt::format("{}Safe: reading the file; `rebolt recover` only reads it.\nNot "
                                  "safe: starting the service with it again{}; deleting it{}.",
                                  data.empty() ? "" : fmt::format("Your data: {}.\n", data),
                                  is_loop(file) ? ", as it would use up all memory again" : "",
                                  loss.empty() ? "" : fmt::format(", which loses {}", loss));
    if (is_incomplete_member(file))
        conclusion.safe += "\nNot safe: putting an incomplete file in place; this member would "
                           "then differ from its peers, and etcd would not notice.";
    conclusion.next = recovery_steps(file, units_in(evidence), is_loop(file));
    conclusion.is_block = is_recovered_in_place(file);
    if (conclusion.is_block)
        conclusion.undo = {"rebolt", "undo", file.path};
    add_facts(file, conclusion);
}

// What is safe, by what the log shows.
std::string safety_of(Signature signature) {
    if (signature == Signature::lock_timeout)
        return "Safe: finding out who holds the lock.\nNot safe: deleting or replacing the file "
               "while another process has it open.";
    return "Safe: reading the file; `rebolt check` and `rebolt recover` only read it.\n"
           "Not safe: deleting it before you have a copy.";
}

void add_state_of_files(const Evidence& evidence, Conclusion& conclusion) {
    const Signature signature = evidence.diagnoses.front().symptom.signature;
    if (signature == Signature::lock_timeout) {
        for (const FileEvidence& file : evidence.files)
            if (!file.lock_holders.empty())
                conclusion.happened +=
                    fmt::format(" Now {} holds {}.", file.lock_holders, printable(file.path));
    } else if (signature == Signature::database_given)
        conclusion.happened += " It is clean. To find out why a service failed, give its log.";
    else
        conclusion.happened += " The file is clean now: it was replaced since, the service uses "
                               "another one, or what was read was wrong (disk, memory).";
}

void conclude_log(const Evidence& evidence, Conclusion& conclusion) {
    const Diagnosis& best = evidence.diagnoses.front();
    const Signature signature = best.symptom.signature;
    conclusion.certainty = best.certainty;
    conclusion.is_cause_found = best.certainty != Certainty::hint;
    const std::string subject = signature == Signature::database_given
                                    ? printable(best.symptom.text)
                                : best.symptom.program.empty() ? "The service"
                                                               : printable(best.symptom.program);
    conclusion.happened = fmt::format("{}: {}.", subject, best.cause);
    if (signature == Signature::start_hanging)
        conclusion.happened += " It may be hanging now: rebolt diagnose --pid PID.";
    conclusion.safe = safety_of(signature);
    if (!evidence.files.empty())
        add_state_of_files(evidence, conclusion);
    conclusion.next = steps_after_log(best, evidence.files);
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
        conclusion.safe =
            "Safe: stopping the process that holds the lock the way its manual says.\n"
            "Not safe: deleting or replacing the file.";
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
    if (!evidence.diagnoses.empty() &&
        (damaged == nullptr || is_of_damage(evidence.diagnoses.front().symptom.signature)))
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
