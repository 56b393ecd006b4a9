// LogProof: whether a state's records are what the log says they must be, and
// which ones the log says are missing.
//
// The log knows no revisions. They are counted: from entry 1 on, if the log goes
// back so far; else from an entry whose put is found in exactly one record. From
// there on each entry's effect is known, and every record that is there must be
// the one that comes out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/etcd/wal.hpp>

#include "etcd/replay.hpp"

namespace rebolt::etcd {

struct LogProof {
    enum class Reach : std::uint8_t {
        nothing,    ///< no entry of the log could be found in the records
        from_start, ///< all of the state follows from the log alone
        from_entry, ///< what lies behind `revision` does
    };

    Reach reach = Reach::nothing;
    std::uint64_t entry = 0;        ///< the first that was compared
    std::int64_t revision = 0;      ///< records above this one are proven
    std::uint64_t compared = 0;     ///< records that are as the log says
    std::string contradiction;      ///< why it cannot be the log's state; empty: nothing
    std::vector<NewRecord> missing; ///< records that must be there and are not
    std::vector<NewRecord> wrong;   ///< records that are there with other bytes
    bool is_modelled = true;        ///< false: users and roles are on: nothing is proven

    [[nodiscard]] bool agrees() const noexcept {
        return is_modelled && contradiction.empty() && missing.empty() && wrong.empty();
    }
    /// The state and the log tell of one history.
    [[nodiscard]] bool is_of_one_history() const noexcept {
        return reach != Reach::nothing && is_modelled && contradiction.empty() &&
               wrong.size() * 8 <= compared;
    }
};

/// Compares a state with the log up to entry `index`, its consistent index. Cost:
/// O(records + entries); memory: the same.
[[nodiscard]] LogProof prove_by_log(const DatabaseState& state, const LogEntries& log,
                                    std::uint64_t index);

} // namespace rebolt::etcd
