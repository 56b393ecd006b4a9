#include "diagnose/next_steps.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/number_text.hpp"
#include "diagnose/places.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t checks_max = 4;

class StepList {
public:
    void add(std::string why, std::vector<std::string> words) {
        steps_.push_back({std::move(why), std::move(words)});
    }
    void add_optional(std::string why, std::vector<std::string> words) {
        steps_.push_back({std::move(why), std::move(words), true});
    }
    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
    [[nodiscard]] std::vector<Step> take() { return std::move(steps_); }

private:
    std::vector<Step> steps_;
};

void add_stop(const FileEvidence& file, const std::vector<std::string>& units, bool may_loop,
              StepList& steps) {
    if (!units.empty()) {
        std::vector<std::string> words{"systemctl", "stop"};
        words.insert(words.end(), units.begin(), units.end());
        steps.add("stop the service, so that nothing holds the file", std::move(words));
        if (may_loop)
            steps.add_optional(
                "only if stop does not end it: a looping process may not react to other signals",
                {"systemctl", "kill", "-s", "KILL", units.back()});
    } else if (is_of_etcd(file.path))
        steps.add("stop the static pod: kubelet ends it when its manifest is gone",
                  {"mv", "/etc/kubernetes/manifests/etcd.yaml", "/etc/kubernetes/etcd.yaml"});
}

std::string keys_text(const RecoverReport& report) {
    const std::uint64_t keys = report.counts.total();
    const std::string counted = fmt::format("{} key{}", grouped(keys), keys == 1 ? "" : "s");
    if (!report.is_loss_known)
        return fmt::format("{}; how many are lost is not known", counted);
    return report.lost_estimate == 0
               ? fmt::format("{}; none is known to be lost", counted)
               : fmt::format("{}; about {} lost", counted, grouped(report.lost_estimate));
}

void add_keep(const FileEvidence& file, StepList& steps) {
    steps.add("keep the damaged file",
              {"cp", "-p", "--backup=numbered", file.path, file.path + ".damaged"});
}

// Above `member/snap/db`; empty if the file is not in a member's folder.
std::string member_folder_of(std::string_view path) {
    constexpr std::string_view place = "/member/snap/db";
    return path.ends_with(place) ? std::string(path.substr(0, path.size() - place.size())) : "";
}

void add_member_repair(const std::string& path, StepList& steps) {
    if (const std::string folder = member_folder_of(path); !folder.empty())
        steps.add("bring the member back from its log, without a loss or not at all; it shows its "
                  "plan and asks first",
                  {"rebolt", "etcd", "repair", folder});
}

void add_member_steps(const FileEvidence& file, StepList& steps) {
    add_member_repair(file.path, steps);
    add_keep(file, steps);
    steps.add("if it cannot: do not put an incomplete file in place: list the members, then remove "
              "this one and "
              "add it again, so that it copies its data from the others",
              {"etcdctl", "member", "list"});
    steps.add("with a single member: restore a snapshot into a new folder",
              {"etcdctl", "snapshot", "restore", "SNAPSHOT", "--data-dir", "NEW_FOLDER"});
    steps.add(fmt::format("for reading only: what is left ({})", keys_text(*file.recovery)),
              {"rebolt", "recover", file.path, "-o", file.path + ".recovered"});
}

// What shows an error of the system from closer.
struct SystemStep {
    Signature signature;
    std::string_view why;
    std::array<std::string_view, 2> words; ///< the file's path follows
};
constexpr std::array system_steps{
    SystemStep{Signature::disk_full, "see how much space is left", {"df", "-h"}},
    SystemStep{Signature::permission_denied, "see its owner and mode", {"ls", "-l"}},
    SystemStep{Signature::mmap_unsupported, "see which file system it is on", {"findmnt", "-T"}},
    SystemStep{Signature::read_only_file_system, "see how it is mounted", {"findmnt", "-T"}},
    SystemStep{Signature::io_error, "see which disk it is on", {"findmnt", "-T"}},
    SystemStep{Signature::file_too_large, "see how large it claims to be", {"ls", "-ls"}},
    SystemStep{Signature::file_missing, "see what is there", {"ls", "-l"}},
};

void add_system_step(const Diagnosis& diagnosis, StepList& steps) {
    const auto at =
        std::ranges::find(system_steps, diagnosis.symptom.signature, &SystemStep::signature);
    if (at == system_steps.end() || diagnosis.files.empty())
        return;
    steps.add(std::string(at->why),
              {std::string(at->words[0]), std::string(at->words[1]), diagnosis.files.front()});
}

void add_hanging_step(const Diagnosis& diagnosis, StepList& steps) {
    if (const auto process = number_after(diagnosis.symptom.text, "Main PID: "))
        steps.add("look at the process: does its memory grow, and which file does it read?",
                  {"rebolt", "diagnose", "--pid", std::to_string(*process)});
    else
        steps.add("look at the service's process (or at any process with --pid PID)",
                  {"rebolt", "diagnose", "--unit",
                   diagnosis.units.empty() ? diagnosis.symptom.program : diagnosis.units.back()});
}

} // namespace

bool is_incomplete_member(const FileEvidence& file) noexcept {
    const bool is_member = is_of_etcd(file.path) || file.check.owner == Owner::etcd;
    return is_member && file.recovery &&
           (!file.recovery->is_loss_known || file.recovery->lost_estimate != 0 ||
            !file.recovery->counts.is_all_current());
}

bool is_recovered_in_place(const FileEvidence& file) noexcept {
    return file.recovery && !file.recovery->counts.is_empty() && !is_incomplete_member(file);
}

std::vector<Step> recovery_steps(const FileEvidence& file, const std::vector<std::string>& units,
                                 bool may_loop) {
    StepList steps;
    add_stop(file, units, may_loop, steps);
    if (!file.recovery || file.recovery->counts.is_empty()) {
        add_member_repair(file.path, steps);
        add_keep(file, steps);
        const auto& findings = file.check.findings;
        steps.add(findings.empty() ? "see what is left of it"
                                   : std::string(text_of(findings.front().code).remedy),
                  {"rebolt", "check", file.path});
        return steps.take();
    }
    if (is_incomplete_member(file)) {
        add_member_steps(file, steps);
        return steps.take();
    }
    steps.add(fmt::format("recover the data: {}. The damaged file is kept beside it",
                          keys_text(*file.recovery)),
              {"rebolt", "recover", "--in-place", file.path});
    steps.add("make sure that the file is clean", {"rebolt", "check", "-q", file.path});
    if (!units.empty())
        steps.add("start the service", {"systemctl", "start", units.back()});
    return steps.take();
}

std::vector<Step> steps_after_log(const Diagnosis& diagnosis,
                                  const std::vector<FileEvidence>& examined) {
    StepList steps;
    const Signature signature = diagnosis.symptom.signature;
    if (signature == Signature::start_hanging)
        add_hanging_step(diagnosis, steps);
    if (signature == Signature::data_inconsistent)
        steps.add("see which member differs",
                  {"etcdctl", "endpoint", "hashkv", "--cluster", "--write-out", "table"});
    add_system_step(diagnosis, steps);
    if (!diagnosis.files.empty() && examined.empty())
        add_member_repair(diagnosis.files.front(), steps);
    for (const std::string& path : diagnosis.files) {
        const bool is_examined =
            std::ranges::find(examined, path, &FileEvidence::path) != examined.end();
        const bool is_lock = signature == Signature::lock_timeout;
        if (is_lock && steps.size() < checks_max)
            steps.add("see who has the file open", {"fuser", "-v", path});
        else if (!is_examined && !is_lock && steps.size() < checks_max)
            steps.add("check the file, on the machine that wrote the log",
                      {"rebolt", "check", path});
    }
    if (steps.size() == 0 && examined.empty())
        steps.add("check the database that the service uses", {"rebolt", "check", "FILE"});
    return steps.take();
}

} // namespace rebolt::diagnose
