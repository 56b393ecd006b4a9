// The messages of etcd's log and of its `.snap` files. Views point into the
// message that was read.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include <rebolt/etcd/raft.hpp>

#include "etcd/wire.hpp"

namespace rebolt::etcd {

/// walpb.Record.
struct WalRecord {
    static constexpr std::int64_t metadata = 1;
    static constexpr std::int64_t entry = 2;
    static constexpr std::int64_t state = 3;
    static constexpr std::int64_t crc_type = 4;
    static constexpr std::int64_t snapshot = 5;

    std::int64_t type = 0;
    std::uint32_t crc = 0;
    std::string_view data;
};

/// snappb.Snapshot with the raftpb.Snapshot inside it.
struct SnapMessage {
    std::uint32_t crc = 0;
    std::string_view data; ///< the raftpb.Snapshot
};
struct RaftSnapshot {
    std::string_view store; ///< JSON of the v2 store
    SnapshotMark mark;
};

template <class T>
using Decoded = std::expected<T, WireFault>;

[[nodiscard]] Decoded<WalRecord> decode_record(std::string_view message);
[[nodiscard]] Decoded<LogEntry> decode_entry(std::string_view message);
[[nodiscard]] Decoded<HardState> decode_hard_state(std::string_view message);
[[nodiscard]] Decoded<SnapshotMark> decode_snapshot_record(std::string_view message);
[[nodiscard]] Decoded<MemberIdentity> decode_metadata(std::string_view message);
[[nodiscard]] Decoded<SnapMessage> decode_snap(std::string_view message);
[[nodiscard]] Decoded<RaftSnapshot> decode_raft_snapshot(std::string_view message);
[[nodiscard]] Decoded<ConfState> decode_conf_state(std::string_view message);

} // namespace rebolt::etcd
