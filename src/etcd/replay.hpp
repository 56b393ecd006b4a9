// Replays the log on a state, as etcd does when it starts.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/etcd/wal.hpp>

#include "etcd/keyspace.hpp"

namespace rebolt::etcd {

/// Where a replay begins.
struct ReplayBase {
    const DatabaseState* state = nullptr; ///< null: an empty store
    std::uint64_t index = 0;              ///< the last entry that is in it
    /// Records up to this main alone are taken from the state.
    std::optional<std::int64_t> revision = {};
};

/// A keyspace, the records that entries made in it, and up to which entry.
struct Replay {
    Keyspace keyspace;
    std::vector<NewRecord> made;
    std::uint64_t index = 0;
    std::uint64_t written = 0; ///< entries that made a revision
    bool is_modelled = true;   ///< false: an entry was met that is not followed

    /// The records as they would be stored; `text` holds their values.
    [[nodiscard]] std::vector<StoredRecord> stored(std::deque<std::string>& text) const;
};

/// The keyspace of a base; entries are still to be applied.
[[nodiscard]] Replay begin_replay(const ReplayBase& base);
/// Applies entries up to `last`. Cost: O(entries × log keys).
void replay_to(Replay& replay, const LogEntries& log, std::uint64_t last);

/// The hash of a state with what a replay added to it.
[[nodiscard]] KeyspaceHash hash_after(const DatabaseState* state, const Replay& replay);

} // namespace rebolt::etcd
