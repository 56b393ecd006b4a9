#include "etcd/log_proof.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include <fmt/format.h>

namespace rebolt::etcd {
namespace {

constexpr std::size_t anchors_max = 8; // tried one after the other

// Of a put: enough to find its record.
std::size_t digest(std::string_view key, std::string_view value, std::int64_t lease) {
    const std::hash<std::string_view> hash;
    return hash(key) * 31 + hash(value) * 17 + std::hash<std::int64_t>()(lease);
}

// The first put of an entry, if it has one that says all by itself.
const PutRequest* sole_put(const Request& request) {
    const auto* put = std::get_if<PutRequest>(&request);
    if (const auto* txn = std::get_if<TxnRequest>(&request); txn && !txn->success.empty())
        put = std::get_if<PutRequest>(&txn->success.front());
    return put != nullptr && !put->ignore_value && !put->ignore_lease ? put : nullptr;
}

struct Anchor {
    std::uint64_t entry;
    std::int64_t main;
};

// Entries whose put is in exactly one record, and in no other entry; oldest first.
class Anchors {
public:
    Anchors(const DatabaseState& state, const LogEntries& log, std::uint64_t last)
        : log_(log), last_(last) {
        for (const StoredRecord& record : state.records) {
            if (record.revision.sub != 0 || record.is_tombstone ||
                record.revision.main - 1 < std::max<std::int64_t>(state.compacted(), 1))
                continue;
            if (const auto value = parse_key_value(record.value))
                note(records_, digest(value->key, value->value, value->lease),
                     record.revision.main);
        }
    }

    std::vector<Anchor> find() {
        for (const LogEntry& entry : log_.all()) {
            if (entry.index > last_)
                break;
            const Request request = request_of(entry);
            if (const PutRequest* put = sole_put(request))
                note(entries_, digest(put->key, put->value, put->lease),
                     static_cast<std::int64_t>(entry.index));
        }
        std::vector<Anchor> anchors;
        for (const auto& [sum, main] : records_)
            if (const auto entry = entries_.find(sum);
                main != twice && entry != entries_.end() && entry->second != twice)
                anchors.push_back({static_cast<std::uint64_t>(entry->second), main});
        std::ranges::sort(anchors, {}, &Anchor::main);
        return anchors;
    }

private:
    static constexpr std::int64_t twice = -1;
    using Table = std::unordered_map<std::size_t, std::int64_t>;

    static void note(Table& table, std::size_t sum, std::int64_t number) {
        const auto [at, is_new] = table.emplace(sum, number);
        if (!is_new)
            at->second = twice;
    }

    const LogEntries& log_;
    std::uint64_t last_;
    Table records_; ///< main revision of a put's record
    Table entries_; ///< index of a put's entry
};

// Leases and alarms at a base are those at the end, less what the log did since.
void restore_leases_before(Replay& replay, const LogEntries& log, std::uint64_t last) {
    std::set<std::int64_t> granted;
    for (std::uint64_t index = replay.index + 1; index <= last; ++index) {
        const LogEntry* entry = log.at(index);
        if (entry == nullptr)
            return;
        const Request request = request_of(*entry);
        if (const auto* grant = std::get_if<LeaseGrantRequest>(&request))
            granted.insert(grant->id);
        else if (const auto* gone = std::get_if<LeaseRevokeRequest>(&request);
                 gone && !granted.contains(gone->id))
            replay.keyspace.restore_lease(gone->id);
    }
}

Replay begin_at(const DatabaseState& state, const LogEntries& log, const Anchor& anchor,
                std::uint64_t last) {
    // As before the entry: leases first, so that their keys find them.
    Replay replay;
    replay.index = anchor.entry - 1;
    replay.is_modelled = !state.is_auth_enabled() && state.alarms().empty();
    std::set<std::int64_t> granted;
    for (std::uint64_t index = anchor.entry; index <= last; ++index)
        if (const LogEntry* entry = log.at(index)) {
            const Request request = request_of(*entry);
            if (const auto* grant = std::get_if<LeaseGrantRequest>(&request))
                granted.insert(grant->id);
        }
    for (const Lease& lease : state.leases())
        if (!granted.contains(lease.id))
            replay.keyspace.restore_lease(lease.id);
    restore_leases_before(replay, log, last);
    for (const StoredRecord& record : state.records)
        if (record.revision.main < anchor.main)
            replay.keyspace.restore(record);
    replay.keyspace.restore_compacted(state.compacted());
    replay.keyspace.restore_revision(anchor.main - 1);
    return replay;
}

// Which of the records that a replay made the state must still hold.
class StillThere {
public:
    StillThere(const std::vector<NewRecord>& made, std::int64_t compacted) : compacted_(compacted) {
        for (const NewRecord& record : made)
            if (record.revision.main <= compacted)
                newest_[record.value.key] = &record;
    }
    bool operator()(const NewRecord& record) const {
        if (record.revision.main > compacted_)
            return true;
        const auto at = newest_.find(record.value.key);
        return at != newest_.end() && at->second == &record && !record.is_tombstone;
    }

private:
    std::int64_t compacted_;
    std::unordered_map<std::string_view, const NewRecord*> newest_;
};

void compare(LogProof& proof, const DatabaseState& state, const Replay& replay) {
    const StillThere is_needed(replay.made, state.compacted());
    auto at = std::ranges::lower_bound(state.records, proof.revision + 1, {},
                                       [](const StoredRecord& one) { return one.revision.main; });
    for (const NewRecord& record : replay.made) {
        while (at != state.records.end() && at->revision < record.revision) {
            proof.contradiction =
                fmt::format("the log made no revision {}.{}", at->revision.main, at->revision.sub);
            return;
        }
        if (at == state.records.end() || record.revision < at->revision) {
            if (is_needed(record))
                proof.missing.push_back(record);
            continue;
        }
        if (at->is_tombstone != record.is_tombstone || at->value != record.stored_value()) {
            proof.wrong.push_back(record);
        } else {
            ++proof.compared;
        }
        ++at;
    }
    if (at != state.records.end())
        proof.contradiction = fmt::format("revision {}.{} is newer than the log's entry {}",
                                          at->revision.main, at->revision.sub, replay.index);
}

LogProof prove_from(const DatabaseState& state, const LogEntries& log, Replay replay,
                    std::uint64_t last) {
    LogProof proof;
    proof.entry = replay.index + 1;
    proof.revision = replay.keyspace.revision();
    replay_to(replay, log, last);
    proof.is_modelled = replay.is_modelled;
    if (proof.is_modelled)
        compare(proof, state, replay);
    return proof;
}

} // namespace

LogProof prove_by_log(const DatabaseState& state, const LogEntries& log, std::uint64_t index) {
    if (log.first_index() == 1) {
        LogProof proof = prove_from(state, log, begin_replay({}), index);
        proof.reach = LogProof::Reach::from_start;
        proof.revision = 0;
        return proof;
    }
    LogProof proof;
    std::size_t tried = 0;
    for (const Anchor& anchor : Anchors(state, log, index).find()) {
        if (++tried > anchors_max)
            break;
        proof = prove_from(state, log, begin_at(state, log, anchor, index), index);
        proof.reach = LogProof::Reach::from_entry;
        if (proof.is_of_one_history())
            break;
    }
    return proof;
}

} // namespace rebolt::etcd
