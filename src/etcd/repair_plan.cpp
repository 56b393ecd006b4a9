#include <algorithm>
#include <array>
#include <list>

#include <fmt/format.h>

#include <rebolt/etcd/repair.hpp>

#include "etcd/candidate.hpp"
#include "etcd/old_pages.hpp"
#include "etcd/remake.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::array<std::string_view, 8> way_names{"not-needed",  "mend-log",  "older-state",
                                                    "leader-copy", "rebuild",   "remade-records",
                                                    "donor",       "impossible"};

// A file beside `db`, read like it.
struct OtherFile {
    std::string path;
    std::unique_ptr<PageSource> source;
    std::vector<DatabaseState> states;
};

class Planner {
public:
    Planner(const MemberFiles& member, const RepairOptions& options)
        : member_(member), options_(options) {}

    RepairPlan run() {
        note_faults();
        if (try_states() || try_leader_copies() || try_rebuild() || try_remade() || try_donors())
            return std::move(plan_);
        plan_.way = RepairWay::impossible;
        name_the_lost();
        return std::move(plan_);
    }

private:
    void note_faults() {
        start_ = predict_start(member_, options_.release);
        if (!start_.starts)
            plan_.faults.push_back(fmt::format("etcd {} does not start: {}",
                                               name_of(options_.release), start_.message));
        for (const std::string& remark : start_.remarks)
            plan_.faults.push_back(remark);
    }

    void refuse(const std::string& name, const std::string& why) {
        plan_.refused.push_back(name + ": " + why);
    }

    // Takes the fit of a candidate as the plan.
    bool accept(const Candidate& candidate, Fit fit) {
        if (!fit.refusal.empty()) {
            refuse(candidate.name, fit.refusal);
            return false;
        }
        plan_.way = candidate.way;
        plan_.set_aside = std::move(fit.set_aside);
        plan_.cut_log_to = fit.cut_log_to;
        plan_.replay_first = fit.first_to_replay;
        plan_.replay_last = fit.first_to_replay == 0 ? 0 : fit.last;
        plan_.expected = fit.expected;
        for (auto& proof : fit.proofs)
            plan_.proofs.push_back(std::move(proof));
        for (auto& remark : fit.remarks)
            plan_.remarks.push_back(std::move(remark));
        return true;
    }

    // A state that must be whole and the log's.
    bool accept_state(const Candidate& candidate) {
        const DatabaseState& state = *candidate.state;
        if (!state.is_whole()) {
            refuse(candidate.name, fmt::format("{} of its pages cannot be used, {} of its values "
                                               "are not etcd's",
                                               state.holes.size(), state.malformed));
            return false;
        }
        Fit fit = fit_of(member_, candidate, options_.release);
        if (!fit.refusal.empty())
            return accept(candidate, std::move(fit));
        const LogProof proof = prove_by_log(state, member_.wal->entries(), fit.index);
        if (const std::string objection = objection_of(proof); !objection.empty()) {
            refuse(candidate.name, objection);
            return false;
        }
        if (!accept(candidate, std::move(fit)))
            return false;
        plan_.proofs.push_back(candidate.name + ": " + text_of(proof));
        return true;
    }

    bool try_states() {
        for (std::size_t i = 0; i < member_.states.size(); ++i) {
            const DatabaseState& state = member_.states[i];
            const bool is_newest = i == 0 && has_newest_meta();
            const Candidate candidate{
                is_newest ? RepairWay::mend_log : RepairWay::older_state,
                fmt::format("transaction {} of db", number(state.transaction)), &state};
            if (!accept_state(candidate))
                continue;
            if (!is_newest) {
                plan_.database = NewDatabase{member_.paths.db(), state.meta,
                                             member_.source->file_bytes(), nullptr, nullptr};
                return true;
            }
            if (plan_.set_aside.empty() && !plan_.cut_log_to && start_.starts)
                plan_.way = RepairWay::not_needed;
            else if (plan_.set_aside.empty() && !plan_.cut_log_to)
                refuse_unmended(candidate);
            if (plan_.way != RepairWay::impossible)
                return true;
        }
        return false;
    }

    // Both metas are valid: the newest is what the last transaction wrote.
    [[nodiscard]] bool has_newest_meta() const { return member_.states.size() == 2; }

    // All fits, and etcd stops nevertheless.
    void refuse_unmended(const Candidate& candidate) {
        refuse(candidate.name, "etcd stops on it: " + start_.message);
        RepairPlan empty;
        empty.faults = std::move(plan_.faults);
        empty.refused = std::move(plan_.refused);
        plan_ = std::move(empty);
    }

    OtherFile* open(const std::string& path) {
        const auto found = std::ranges::find(*files_, path, &OtherFile::path);
        if (found != files_->end())
            return &*found;
        auto source = PageSource::open(path, {.lock = false});
        if (!source) {
            refuse(path, source.error().message());
            return nullptr;
        }
        OtherFile file{path, std::make_unique<PageSource>(std::move(*source)), {}};
        file.states = read_states(*file.source);
        files_->push_back(std::move(file));
        return &files_->back();
    }

    bool try_file(RepairWay way, const std::string& path) {
        const OtherFile* file = open(path);
        if (file == nullptr)
            return false;
        if (file->states.empty())
            refuse(path, "no valid meta in it");
        for (const DatabaseState& state : file->states) {
            const Candidate candidate{
                way, fmt::format("transaction {} of {}", number(state.transaction), path), &state};
            if (!accept_state(candidate))
                continue;
            const std::uint64_t pages =
                file->source->file_bytes() / file->source->page_size_bytes();
            plan_.database = NewDatabase{path, state.meta, pages * file->source->page_size_bytes(),
                                         nullptr, nullptr};
            return true;
        }
        return false;
    }

    bool try_leader_copies() {
        return std::ranges::any_of(member_.snap_dbs, [&](std::uint64_t index) {
            return try_file(RepairWay::leader_copy,
                            fmt::format("{}/{:016x}.snap.db", member_.paths.snap, index));
        });
    }

    bool try_donors() {
        return std::ranges::any_of(options_.donors, [&](const std::string& path) {
            return try_file(RepairWay::donor, path);
        });
    }

    // What is still in `db` must follow from the log, in one of its states at least.
    [[nodiscard]] std::string log_of_another_history() const {
        std::string objection;
        for (const DatabaseState& state : member_.states) {
            if (state.records.empty())
                continue;
            const auto& log = member_.wal->entries();
            const LogProof proof =
                prove_by_log(state, log, state.consistent_index().value_or(log.last_index()));
            if (!proof.is_modelled || proof.is_of_one_history())
                return "";
            objection = "what is left in `db` does not follow from the log: " +
                        (proof.contradiction.empty() ? objection_of(proof) : proof.contradiction);
        }
        return objection;
    }

    bool try_rebuild() {
        const Candidate candidate{RepairWay::rebuild, "the log from entry 1", nullptr};
        if (!member_.wal || member_.wal->files().front().index != 0 ||
            member_.wal->entries().first_index() != 1) {
            refuse(candidate.name, "the log does not go back so far");
            return false;
        }
        if (options_.release >= Release::v3_7) {
            refuse(candidate.name, "etcd 3.7 does not begin without a `db`");
            return false;
        }
        if (const std::string objection = log_of_another_history(); !objection.empty()) {
            refuse(candidate.name, objection);
            return false;
        }
        Fit fit = fit_of(member_, candidate, options_.release);
        for (const std::uint64_t index : member_.snap_dbs)
            fit.set_aside.push_back(fmt::format("{}/{:016x}.snap.db", member_.paths.snap, index));
        if (!accept(candidate, std::move(fit)))
            return false;
        plan_.without_database = true;
        if (!member_.source && plan_.set_aside.empty() && !plan_.cut_log_to && start_.starts)
            plan_.way = RepairWay::not_needed; // etcd does it by itself
        plan_.proofs.emplace_back("the log begins at entry 1: all that was ever written is in it");
        return true;
    }

    bool try_remade() {
        std::vector<const PageSource*> sources;
        if (member_.source)
            sources.push_back(&*member_.source);
        for (const std::string& path : options_.donors)
            if (const OtherFile* file = open(path))
                sources.push_back(file->source.get());
        for (const DatabaseState& state : member_.states) {
            const std::string name =
                fmt::format("transaction {} of db, mended", number(state.transaction));
            Remade remade = remake(state, sources, member_.wal ? &*member_.wal : nullptr);
            if (!remade.refusal.empty()) {
                refuse(name, remade.refusal);
                if (lost_.empty())
                    lost_ = std::move(remade.lost);
                continue;
            }
            const Candidate candidate{RepairWay::remade_records, name, remade.state.get()};
            Fit fit = fit_of(member_, candidate, options_.release);
            if (!accept(candidate, std::move(fit)))
                continue;
            for (auto& proof : remade.proofs)
                plan_.proofs.push_back(std::move(proof));
            plan_.database = NewDatabase{"", PageId{0}, 0, std::move(remade.state), files_};
            return true;
        }
        return false;
    }

    void name_the_lost() {
        plan_.lost = std::move(lost_);
        const bool is_there = !member_.states.empty();
        if (!is_single_member(member_))
            plan_.advice.push_back(
                "if the majority of the cluster lives, nothing is lost: remove this member and add "
                "it again with an empty folder: etcdctl member remove " +
                (member_.wal && member_.wal->identity()
                     ? fmt::format("{:x}", member_.wal->identity()->node)
                     : std::string("ID")));
        else if (member_.states.empty() && member_.snaps.empty())
            plan_.advice.emplace_back("if the cluster has other members and their majority lives, "
                                      "nothing is lost: remove this member and add it again");
        plan_.advice.emplace_back("name a backup, or another member's db: --donor FILE");
        if (is_there)
            plan_.advice.emplace_back(
                "last: rebolt recover db -o new.db, then etcdutl snapshot restore new.db "
                "--skip-hash-check --bump-revision 1000000000 --mark-compacted --data-dir NEW: a "
                "new cluster without what is lost, and no revision is given out twice");
    }

    const MemberFiles& member_;
    const RepairOptions& options_;
    StartPrediction start_;
    RepairPlan plan_;
    std::shared_ptr<std::list<OtherFile>> files_ = std::make_shared<std::list<OtherFile>>();
    std::vector<LostRevisions> lost_;
};

} // namespace

std::string_view name_of(RepairWay way) noexcept {
    return way_names[static_cast<std::size_t>(way)];
}

std::vector<std::string> RepairPlan::steps() const {
    std::vector<std::string> steps;
    steps.reserve(set_aside.size() + 2);
    for (const std::string& path : set_aside)
        steps.push_back("set aside " + path);
    if (cut_log_to)
        steps.push_back(
            fmt::format("cut the log's last file to {} bytes, a copy is kept", *cut_log_to));
    if (without_database)
        steps.emplace_back("set aside db; etcd recreates it from the log");
    if (database && !database->copy_of.empty())
        steps.push_back(fmt::format("set aside db; a copy of {} comes, with meta {}'s state",
                                    database->copy_of, number(database->meta)));
    else if (database)
        steps.push_back(fmt::format("set aside db; a new one comes, with {} records",
                                    database->state->records.size()));
    return steps;
}

RepairPlan plan_repair(const MemberFiles& member, const RepairOptions& options) {
    return Planner(member, options).run();
}

} // namespace rebolt::etcd
