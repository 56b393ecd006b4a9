// repair: brings an etcd member back without losing a revision, or says exactly
// what is lost. A plan is made first, and proven; it is carried out as a whole and
// can be taken back as a whole.
//
//   auto member = rebolt::etcd::read_member("/var/lib/etcd");
//   if (!member)
//       return std::move(member).error();
//   const auto plan = rebolt::etcd::plan_repair(*member);
//   if (!plan.is_possible())
//       return {};
//   if (auto done = rebolt::etcd::apply_repair(*member, plan); !done)
//       return std::move(done).error();
//
// The way is always the same: `db` becomes some state that is exact as of an entry
// c of the log, from a snapshot S ≤ c on; etcd itself applies the rest, c+1 to the
// end. Nothing is deleted: what makes room is renamed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/member.hpp>

namespace rebolt::etcd {

enum class RepairWay : std::uint8_t {
    not_needed,     ///< etcd starts, and nothing is missing
    mend_log,       ///< `db` stays; the log or `.snap` files are repaired
    older_state,    ///< the transaction before, which is whole
    leader_copy,    ///< a `.snap.db` that a leader sent
    rebuild,        ///< no `db`: etcd makes it from the log, which begins at entry 1
    remade_records, ///< lost records are remade from the log, or from old pages
    donor,          ///< another file: a backup, or another member's
    impossible,     ///< none of these
};
/// `not-needed`, `mend-log`, …
[[nodiscard]] std::string_view name_of(RepairWay way) noexcept;

struct RepairOptions {
    /// Databases that may stand in: backups of this member, `db` of others. The
    /// best first.
    std::vector<std::string> donors;
    /// What will be started on it.
    Release release = Release::v3_5;
};

/// Main revisions from `first` to `last` that nothing holds any more.
struct LostRevisions {
    std::int64_t first = 0;
    std::int64_t last = 0; ///< 0: nobody knows
};

/// What the new `db` is made of.
struct NewDatabase {
    /// A file's bytes, with one of its metas in both places; empty: a new one.
    std::string copy_of;
    PageId meta{};
    std::uint64_t bytes = 0; ///< of the file that count: a snapshot's checksum does not
    /// Records to be written; with them all others of the state.
    std::shared_ptr<const DatabaseState> state;
    /// What the state's records point into, beside the member.
    std::shared_ptr<const void> owner;
};

struct RepairPlan {
    RepairWay way = RepairWay::impossible;
    std::vector<std::string> faults;  ///< what is wrong with the files as they are
    std::vector<std::string> proofs;  ///< why the result is exact, a line each
    std::vector<std::string> refused; ///< other ways, and why not
    std::vector<std::string> remarks; ///< what a person should know

    // What is done, in this order.
    std::vector<std::string> set_aside;      ///< files that are renamed, with their folder
    std::optional<std::uint64_t> cut_log_to; ///< bytes of the log's last file that stay
    std::optional<NewDatabase> database;     ///< nullopt: `db` stays, or goes
    bool without_database = false;           ///< `db` is set aside, and none comes

    // What etcd then does.
    std::uint64_t replay_first = 0; ///< 0: nothing is left to apply
    std::uint64_t replay_last = 0;
    std::optional<KeyspaceHash> expected; ///< after it; nullopt: not foreseen

    std::vector<LostRevisions> lost; ///< of an impossible repair
    std::vector<std::string> advice; ///< what is left to do then

    [[nodiscard]] bool is_possible() const noexcept {
        return way != RepairWay::impossible && way != RepairWay::not_needed;
    }
    /// What is done, a line each.
    [[nodiscard]] std::vector<std::string> steps() const;
};

/// Never fails: what cannot be done is in the plan. `member` must outlive it. Cost: some walks over
/// all files; memory: about 100 bytes a record.
[[nodiscard]] RepairPlan plan_repair(const MemberFiles& member, const RepairOptions& options = {});

/// Carries a plan out. A record of it is written first, so that undo_repair() works
/// after a crash at any moment. The new database is checked before it takes its
/// place. Errors: invalid_argument (there is nothing that can be done), io, permission_denied,
/// damaged (the new file is not what the plan says). Returns what the files that made room are
/// called now.
Result<std::vector<std::string>> apply_repair(const MemberFiles& member, const RepairPlan& plan);

/// Puts every file back that apply_repair() moved; the files that it made are kept
/// beside them. `folder` as read_member's. Errors: file_not_found (nothing to
/// undo), invalid_argument (a name is taken), io, permission_denied. Returns what
/// was moved, a line each.
Result<std::vector<std::string>> undo_repair(const std::string& folder,
                                             const MemberOptions& options = {});

} // namespace rebolt::etcd
