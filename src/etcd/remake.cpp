#include "etcd/remake.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "etcd/candidate.hpp"
#include "etcd/log_proof.hpp"
#include "etcd/old_pages.hpp"

namespace rebolt::etcd {
namespace {

// A state that owns the values of remade records.
struct OwningState : DatabaseState {
    std::deque<std::string> text;
};

// Those that are there already are replaced; both are in their order.
void merge_records(DatabaseState& state, const std::vector<StoredRecord>& records) {
    std::vector<StoredRecord> merged;
    merged.reserve(state.records.size() + records.size());
    std::ranges::set_union(records, state.records, std::back_inserter(merged), {},
                           &StoredRecord::revision, &StoredRecord::revision);
    state.records = std::move(merged);
}

class Remaking {
public:
    Remaking(const DatabaseState& state, const Wal* wal)
        : wal_(wal), state_(std::make_shared<OwningState>()) {
        static_cast<DatabaseState&>(*state_) = state;
    }

    Remade run(std::span<const PageSource* const> sources) {
        if (!state_->has_whole_bookkeeping())
            return refuse("a page of another bucket than `key` cannot be used");
        const auto index = state_->consistent_index();
        if (!index || *index == 0)
            return refuse("it does not say up to which entry it goes");
        take_old_pages(sources);
        if (wal_ != nullptr)
            take_log(*index);
        if (!state_->holes.empty())
            return refuse_holes();
        if (state_->malformed != 0 && remade_ == 0)
            return refuse("values that are not etcd's are left");
        state_->malformed = 0;
        state_->has_keyspace = true;
        result_.state = state_;
        return std::move(result_);
    }

private:
    Remade refuse(std::string why) {
        result_.refusal = std::move(why);
        return std::move(result_);
    }

    void take_old_pages(std::span<const PageSource* const> sources) {
        if (state_->holes.empty())
            return;
        OldRecords old = find_old_records(sources, state_->holes);
        if (!old.records.empty())
            result_.proofs.push_back(fmt::format(
                "{} records of lost pages are in older copies that span them", old.records.size()));
        merge_records(*state_, old.records);
        state_->holes = std::move(old.left);
    }

    // The log makes what lies behind a revision: a hole must not begin before it.
    [[nodiscard]] static bool lies_behind(const TreeHole& hole, const LogProof& proof) {
        if (proof.reach == LogProof::Reach::from_start)
            return true;
        const auto first = parse_stored_key(hole.first);
        return first && first->revision.main > proof.revision;
    }

    void take_log(std::uint64_t index) {
        const LogProof proof = prove_by_log(*state_, wal_->entries(), index);
        if (!proof.is_of_one_history())
            return;
        if (!std::ranges::all_of(state_->holes,
                                 [&](const TreeHole& hole) { return lies_behind(hole, proof); }))
            return;
        for (const auto* list : {&proof.missing, &proof.wrong})
            for (const NewRecord& record : *list)
                records_.push_back({record.revision, record.is_tombstone,
                                    state_->text.emplace_back(record.stored_value())});
        std::ranges::sort(records_, {}, &StoredRecord::revision);
        remade_ = records_.size();
        merge_records(*state_, records_);
        state_->holes.clear();
        if (remade_ != 0)
            result_.proofs.push_back(fmt::format("{} records are remade from the log", remade_));
        const LogProof again = prove_by_log(*state_, wal_->entries(), index);
        if (again.agrees())
            result_.proofs.push_back("then: " + text_of(again));
    }

    Remade refuse_holes() {
        for (const TreeHole& hole : state_->holes) {
            const auto first = parse_stored_key(hole.first);
            const auto end = hole.end ? parse_stored_key(*hole.end) : std::nullopt;
            const std::int64_t last =
                end ? end->revision.main - (end->revision.sub == 0 ? 1 : 0) : 0;
            result_.lost.push_back({first ? first->revision.main : 0, last});
        }
        return refuse(fmt::format("{} pages of the keyspace are lost, and neither the log nor an "
                                  "older copy holds what was on them",
                                  state_->holes.size()));
    }

    const Wal* wal_;
    std::shared_ptr<OwningState> state_;
    std::vector<StoredRecord> records_;
    std::size_t remade_ = 0;
    Remade result_;
};

} // namespace

Remade remake(const DatabaseState& state, std::span<const PageSource* const> sources,
              const Wal* wal) {
    return Remaking(state, wal).run(sources);
}

} // namespace rebolt::etcd
