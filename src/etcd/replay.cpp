#include "etcd/replay.hpp"

#include "etcd/hash_kv.hpp"

namespace rebolt::etcd {

std::vector<StoredRecord> Replay::stored(std::deque<std::string>& text) const {
    std::vector<StoredRecord> records;
    records.reserve(made.size());
    for (const NewRecord& one : made)
        records.push_back({one.revision, one.is_tombstone, text.emplace_back(one.stored_value())});
    return records;
}

Replay begin_replay(const ReplayBase& base) {
    Replay replay;
    replay.index = base.index;
    if (base.state == nullptr)
        return replay;
    const DatabaseState& state = *base.state;
    replay.is_modelled = !state.is_auth_enabled();
    for (const Lease& lease : state.leases())
        replay.keyspace.restore_lease(lease.id);
    for (const Alarm& alarm : state.alarms())
        replay.keyspace.restore_alarm(alarm);
    for (const StoredRecord& record : state.records)
        if (!base.revision || record.revision.main <= *base.revision)
            replay.keyspace.restore(record);
    replay.keyspace.restore_compacted(state.compacted());
    replay.keyspace.restore_revision(base.revision.value_or(state.revision()));
    return replay;
}

void replay_to(Replay& replay, const LogEntries& log, std::uint64_t last) {
    for (std::uint64_t index = replay.index + 1; index <= last; ++index) {
        const LogEntry* entry = log.at(index);
        if (entry == nullptr) {
            replay.is_modelled = false;
            return;
        }
        const Applied applied = replay.keyspace.apply(*entry, replay.made);
        replay.is_modelled = replay.is_modelled && applied != Applied::unknown;
        replay.written += applied == Applied::written ? 1 : 0;
        replay.index = index;
    }
}

KeyspaceHash hash_after(const DatabaseState* state, const Replay& replay) {
    std::deque<std::string> text;
    const std::vector<StoredRecord> newer = replay.stored(text);
    const std::span<const StoredRecord> older =
        state == nullptr ? std::span<const StoredRecord>() : std::span(state->records);
    return hash_records(older, newer, {0, replay.keyspace.revision(), replay.keyspace.compacted()});
}

} // namespace rebolt::etcd
