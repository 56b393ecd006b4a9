// A state that could be the member's `db`, and whether the snapshots and the log
// fit it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/etcd/repair.hpp>

#include "etcd/log_proof.hpp"

namespace rebolt::etcd {

/// What a repair would make `db` of.
struct Candidate {
    RepairWay way;
    std::string name;           ///< `transaction 116 of db`
    const DatabaseState* state; ///< null: none, an empty store
};

/// How the other files must be for it.
struct Fit {
    std::string refusal; ///< why it cannot be; empty: it fits
    std::vector<std::string> set_aside;
    std::optional<std::uint64_t> cut_log_to;
    std::uint64_t index = 0;           ///< its consistent index
    std::uint64_t first_to_replay = 0; ///< 0: none
    std::uint64_t last = 0;            ///< of the log
    std::vector<std::string> proofs;
    std::vector<std::string> remarks;
    std::optional<KeyspaceHash> expected;
};

/// Judges all but the state's own wholeness: that is the caller's. Cost: O(records +
/// entries).
[[nodiscard]] Fit fit_of(const MemberFiles& member, const Candidate& candidate, Release release);

/// Whether the cluster has no other member, by the newest `.snap`, else by `db`.
[[nodiscard]] bool is_single_member(const MemberFiles& member);

/// Whether the records are the log's, in words for a plan. Empty: nothing speaks
/// against them.
[[nodiscard]] std::string objection_of(const LogProof& proof);
/// `all 2503 records are the ones that the log makes`
[[nodiscard]] std::string text_of(const LogProof& proof);

} // namespace rebolt::etcd
