#include "etcd/candidate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "etcd/hash_kv.hpp"
#include "etcd/replay.hpp"
#include "etcd/torn_end.hpp"

namespace rebolt::etcd {
namespace {

class Judge {
public:
    Judge(const MemberFiles& member, const Candidate& candidate, Release release)
        : member_(member), candidate_(candidate), release_(release) {}

    Fit run() {
        if (has_log() && knows_index() && chooses_snapshot() && log_reaches())
            foresee();
        return std::move(fit_);
    }

private:
    bool refuse(std::string why) {
        fit_.refusal = std::move(why);
        return false;
    }
    [[nodiscard]] const Wal& wal() const { return *member_.wal; }

    bool has_log() { return member_.wal || refuse("the log is not there"); }

    bool knows_index() {
        if (candidate_.state == nullptr)
            return true;
        const auto index = candidate_.state->consistent_index();
        if (!index || *index == 0)
            return refuse("it does not say up to which entry it goes");
        fit_.index = *index;
        return true;
    }

    [[nodiscard]] bool is_known(const SnapFile& snap) const {
        return snap.error.empty() && snap.mark.index <= wal().state().commit &&
               std::ranges::any_of(wal().snapshots(), [&](const SnapshotMark& mark) {
                   return mark.index == snap.mark.index && mark.term == snap.mark.term;
               });
    }

    // The newest `.snap` that is not ahead of the state; those that are make room.
    bool chooses_snapshot() {
        for (const SnapFile& snap : member_.snaps) {
            if (!is_known(snap))
                continue;
            if (snap.mark.index <= fit_.index) {
                snapshot_ = snap.mark;
                break;
            }
            fit_.set_aside.push_back(member_.paths.snap + "/" + snap.name);
        }
        if (!fit_.set_aside.empty() && release_ >= Release::v3_7)
            return refuse("the state is older than the newest snapshot, and etcd 3.7 does not "
                          "look at the .snap files");
        return true;
    }

    // The first file that etcd reads the log from.
    [[nodiscard]] std::optional<std::size_t> first_file() const {
        std::optional<std::size_t> first;
        for (std::size_t i = 0; i < wal().files().size(); ++i)
            if (wal().files()[i].index <= snapshot_.index)
                first = i;
        return first;
    }

    // A bad byte in a file that is not needed keeps etcd from starting: it reads all.
    void set_old_files_aside(std::size_t first) {
        const auto& files = wal().files();
        bool is_sound = files[first].has_head;
        for (std::size_t i = 0; i < first; ++i)
            is_sound = is_sound && files[i].end == WalEnd::clean && files[i + 1].follows;
        for (std::size_t i = 0; i < first && !is_sound; ++i)
            fit_.set_aside.push_back(member_.paths.wal + "/" + files[i].name);
    }

    bool log_reaches() {
        const auto first = first_file();
        if (!first)
            return refuse(fmt::format("the log begins behind entry {}", snapshot_.index));
        set_old_files_aside(*first);
        const auto& files = wal().files();
        for (std::size_t i = *first; i < files.size(); ++i) {
            if (i > *first && !files[i].follows)
                return refuse(
                    fmt::format("{} does not follow on {}", files[i].name, files[i - 1].name));
            if (files[i].end == WalEnd::clean || (i + 1 == files.size() && mends_end(files[i])))
                continue;
            return refuse(fmt::format("{} is damaged behind byte {} ({}), and entries behind it "
                                      "are needed",
                                      files[i].name, files[i].end_offset, files[i].text));
        }
        fit_.last = std::max(snapshot_.index, wal().entries().last_index());
        if (fit_.last > snapshot_.index && wal().entries().first_index() > snapshot_.index + 1)
            return refuse(fmt::format("entries {} to {} are not in the log", snapshot_.index + 1,
                                      wal().entries().first_index() - 1));
        if (wal().state().commit > fit_.last)
            return refuse(fmt::format("the log ends at entry {}, and entry {} was committed",
                                      fit_.last, wal().state().commit));
        return is_not_ahead();
    }

    bool mends_end(const WalFile& file) {
        if (file.end == WalEnd::torn) {
            fit_.remarks.emplace_back("etcd itself cuts off the log's torn end");
            return true;
        }
        const auto cut = torn_end_of(member_.paths.wal + "/" + file.name, file);
        if (!cut)
            return false;
        fit_.cut_log_to = cut;
        fit_.remarks.push_back(fmt::format(
            "the last write of the log did not reach the disk: {} is cut behind byte {}, the end "
            "of its last whole record",
            file.name, *cut));
        return true;
    }

    // Entries that are nowhere in the log any more, and were in a `db`.
    bool is_not_ahead() {
        std::uint64_t newest = fit_.index;
        for (const DatabaseState& state : member_.states)
            newest = std::max(newest, state.consistent_index().value_or(0));
        if (newest <= fit_.last)
            return true;
        const std::string text =
            fmt::format("the log ends at entry {}, and `db` had {}", fit_.last, newest);
        // Members elect by what each has confirmed: one that forgot it may elect a leader
        // without it, and then the cluster loses what it had promised.
        return refuse(text + (is_single_member(member_)
                                  ? ": nothing else has them"
                                  : ": this member confirmed entries that it has no longer, and "
                                    "must not vote again under its old id"));
    }

    void foresee() {
        if (fit_.index < fit_.last)
            fit_.first_to_replay = std::max(fit_.index, snapshot_.index) + 1;
        const std::string log =
            fmt::format("snapshot {} <= consistent index {} <= last entry {}; committed {}",
                        snapshot_.index, fit_.index, fit_.last, wal().state().commit);
        fit_.proofs.push_back(log);
        if (!terms_fit())
            return;
        Replay replay = begin_replay({candidate_.state, fit_.index, {}});
        replay_to(replay, wal().entries(), fit_.last);
        if (replay.is_modelled)
            fit_.expected = hash_after(candidate_.state, replay);
        else
            fit_.remarks.emplace_back(
                "users and roles are on: what etcd makes of the entries is not "
                "foreseen");
    }

    bool terms_fit() {
        const auto term = candidate_.state == nullptr ? std::nullopt : candidate_.state->term();
        const LogEntry* entry = wal().entries().at(fit_.index);
        if (!term || *term == 0 || entry == nullptr)
            return true;
        if (entry->term == *term) {
            fit_.proofs.push_back(
                fmt::format("entry {} is of term {} in the log and in `db`", fit_.index, *term));
            return true;
        }
        return refuse(fmt::format("entry {} is of term {} in the log, and of {} in it", fit_.index,
                                  entry->term, *term));
    }

    const MemberFiles& member_;
    const Candidate& candidate_;
    Release release_;
    SnapshotMark snapshot_;
    Fit fit_;
};

} // namespace

bool is_single_member(const MemberFiles& member) {
    for (const SnapFile& snap : member.snaps)
        if (snap.error.empty())
            return snap.mark.conf.voters.size() <= 1;
    const auto* newest = member.newest();
    if (newest == nullptr || !newest->buckets.contains("members"))
        return true;
    return newest->buckets.find("members")->second.size() <= 1;
}

Fit fit_of(const MemberFiles& member, const Candidate& candidate, Release release) {
    return Judge(member, candidate, release).run();
}

std::string objection_of(const LogProof& proof) {
    if (!proof.is_modelled || proof.reach == LogProof::Reach::nothing)
        return "";
    if (!proof.contradiction.empty())
        return "it is not the log's: " + proof.contradiction;
    if (!proof.wrong.empty())
        return fmt::format("{} records are not what the log made, the first is revision {}",
                           proof.wrong.size(), proof.wrong.front().revision.main);
    if (!proof.missing.empty())
        return fmt::format("{} records of the log are missing, the first is revision {}",
                           proof.missing.size(), proof.missing.front().revision.main);
    return "";
}

std::string text_of(const LogProof& proof) {
    if (!proof.is_modelled)
        return "users and roles are on: its records are not compared with the log";
    switch (proof.reach) {
    case LogProof::Reach::from_start:
        return fmt::format("all its {} records are the ones that the log makes from entry 1 on",
                           proof.compared);
    case LogProof::Reach::from_entry:
        return fmt::format("its {} records behind revision {} are the ones that the log makes "
                           "from entry {} on",
                           proof.compared, proof.revision, proof.entry);
    case LogProof::Reach::nothing:
        break;
    }
    return "the log is too short to compare its records with";
}

} // namespace rebolt::etcd
