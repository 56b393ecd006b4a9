// What the guard did: per file, from the records in its state folder. A recovery stays
// in the history whatever comes after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/guard.hpp>

namespace rebolt {

/// Damage that the guard met, and what it did.
struct GuardEvent {
    std::string time; ///< UTC, `2026-11-24T01:02:03Z`
    GuardOutcome outcome = GuardOutcome::clean;
    std::string line;                            ///< what the journal got
    std::string damage;                          ///< check's sentence
    std::string quarantine;                      ///< where the damaged file was put; empty: nowhere
    std::string restored_from;                   ///< the snapshot that took its place
    std::optional<std::uint64_t> keys_recovered; ///< nullopt: it was not recovered from its pages
    std::optional<std::uint64_t> keys_lost;      ///< an estimate; nullopt: not known
};

/// A copy of the file from when it was clean.
struct GuardSnapshot {
    std::string path;
    std::uint64_t bytes = 0;
    std::uint64_t transaction = 0;
};

/// What the guard knows about one file.
struct GuardedState {
    std::string file;
    std::string last_time; ///< of the last run that had something to tell
    std::string last_outcome;
    std::string last_line;
    std::vector<GuardSnapshot> snapshots; ///< newest first; those that are still there
    std::vector<std::string> set_aside;   ///< damaged files that are still there
    std::vector<GuardEvent> events;       ///< oldest first

    /// The newest event that put another file in place; null: there was none.
    [[nodiscard]] const GuardEvent* last_recovery() const noexcept;
};

/// Of all files that have a record in the folder, by path. A record that cannot be read
/// is left out. Errors: io, permission_denied; a folder that is not there has none.
[[nodiscard]] Result<std::vector<GuardedState>> guarded_states(const std::string& state_folder);

/// The outcome of this name.
[[nodiscard]] std::optional<GuardOutcome> guard_outcome(std::string_view name) noexcept;

/// What one host tells: `rebolt guard status --json` there.
struct HostStatus {
    std::string host;
    std::vector<GuardedState> files;
};

/// As JSON, on one line; `shape` rebolt.guard-status/1.
[[nodiscard]] std::string to_json(const HostStatus& status);
/// Reads it back. Errors: invalid_argument (no such document).
[[nodiscard]] Result<HostStatus> host_status(std::string_view json);

} // namespace rebolt
