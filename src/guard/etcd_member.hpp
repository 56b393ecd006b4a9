// The guard's way with an etcd member: repaired without a loss, or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rebolt::guard {

enum class MemberOutcome : std::uint8_t {
    no_member, ///< there is no log to repair it from: the file stands alone
    repaired,
    refused, ///< it would lose something, or was only looked at
};

struct MemberRepair {
    MemberOutcome outcome = MemberOutcome::no_member;
    std::string text;      ///< what was done or must be, for the guard's line
    std::string set_aside; ///< where the damaged `db` is now
};

/// Plans the repair, and carries it out unless `dry_run`. `donors`: snapshots that
/// the guard keeps.
[[nodiscard]] MemberRepair repair_member(const std::string& etcd_root,
                                         const std::vector<std::string>& donors, bool dry_run);

} // namespace rebolt::guard
