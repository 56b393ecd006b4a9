// What etcd's consensus log (raft) is made of. The words are etcd's: entry,
// hard state, snapshot, conf state.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rebolt::etcd {

/// One entry of the log. `data` points into the log's file.
struct LogEntry {
    static constexpr std::int32_t normal = 0;
    static constexpr std::int32_t conf_change = 1;

    std::int32_t type = normal;
    std::uint64_t term = 0;
    std::uint64_t index = 0;
    std::string_view data; ///< empty: the no-op of a new leader
};

/// What a member has promised: how far the log is known to be committed.
struct HardState {
    std::uint64_t term = 0;
    std::uint64_t vote = 0;
    std::uint64_t commit = 0;
};

/// Who votes.
struct ConfState {
    std::vector<std::uint64_t> voters;
    std::vector<std::uint64_t> learners;
    std::vector<std::uint64_t> voters_outgoing;
    std::vector<std::uint64_t> learners_next;
    bool auto_leave = false;
};

/// Up to where a snapshot goes.
struct SnapshotMark {
    std::uint64_t index = 0;
    std::uint64_t term = 0;
    ConfState conf;
};

/// Whose log it is.
struct MemberIdentity {
    std::uint64_t node = 0;
    std::uint64_t cluster = 0;

    bool operator==(const MemberIdentity&) const = default;
};

} // namespace rebolt::etcd
