// evidence: what the database itself, the process and its unit show, and the
// conclusion from all of it: what happened, what is safe, what to type next.
//
// The second half of diagnose (see rebolt/diagnose.hpp). Everything here only
// reads: no signal is sent, no lock is kept, no file is changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/diagnose.hpp>
#include <rebolt/record_count.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/result.hpp>
#include <rebolt/storage_risk.hpp>

namespace rebolt::diagnose {

struct FileOptions {
    /// How long to wait for the file's lock before reading without it.
    std::chrono::milliseconds lock_timeout{0};
    /// Larger files are checked, but what recovery would bring back is not counted.
    std::uint64_t dry_run_bytes_max = RehearsalOptions{}.bytes_max;
    /// Return false to cancel.
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
};

/// What a database file shows.
struct FileEvidence {
    std::string path;         ///< as a user would name it
    CheckReport check;        ///< see rebolt/check.hpp
    std::string lock_holders; ///< who held the lock, so that it was read without; or empty
    /// What recovery would bring back, of a damaged file that it can read.
    std::optional<RecoverReport> recovery;
    /// The same by kind of record; empty where that was not counted.
    std::vector<RecordSum> records{};
    std::chrono::milliseconds recovery_time{0}; ///< that counting it took
    std::vector<StorageRisk> risks{};           ///< of a damaged file: what may have damaged it

    [[nodiscard]] bool is_damaged() const noexcept { return check.verdict != Verdict::clean; }
};

/// Checks a file and, where it is damaged, counts what recovery would bring
/// back. `open_as`: what to open, where `path` itself does not lead there (a
/// file of another process); empty: `path`. Errors: those of opening and
/// checking.
[[nodiscard]] Result<FileEvidence> examine_file(const std::string& path,
                                                const FileOptions& options = {},
                                                const std::string& open_as = {});

enum class HeldLock : std::uint8_t { none, shared, exclusive, waiting };
/// `none`, `shared`, `exclusive`, `waiting`.
[[nodiscard]] std::string_view name_of(HeldLock lock) noexcept;

/// A bbolt file that a process has open.
struct OpenDatabase {
    std::string path;    ///< as the process sees it
    std::string open_as; ///< `/proc/812/fd/7`: leads there even if it was deleted
    std::uint64_t bytes = 0;
    HeldLock lock = HeldLock::none;
    std::string lock_holders; ///< of a lock that it waits for: `dockerd (process 812)`
};

struct MemorySample {
    double seconds;           ///< since the first one
    std::uint64_t used_bytes; ///< resident
};

/// What a process shows from outside.
struct ProcessEvidence {
    std::uint64_t process_id = 0;
    std::string program;
    std::string state; ///< `R (running)`
    std::vector<OpenDatabase> databases;
    std::vector<MemorySample> samples;

    /// Bytes a second between the first and the last sample; negative: it shrinks.
    [[nodiscard]] double growth_bytes_per_second() const noexcept;
    /// Whether it grew at each sample, and by more than 1 MiB a second.
    [[nodiscard]] bool is_growing() const noexcept;
};

struct ProcessOptions {
    std::chrono::milliseconds watch{3000}; ///< how long to watch its memory
    std::uint32_t samples = 7;             ///< in that time, at least 2
    std::function<bool()> cancelled;
};

/// Looks at a process for `watch`. Errors: file_not_found (no such process),
/// permission_denied (its files cannot be listed), cancelled.
[[nodiscard]] Result<ProcessEvidence> inspect_process(std::uint64_t process_id,
                                                      const ProcessOptions& options = {});

/// What systemd says of a unit.
struct UnitEvidence {
    std::string unit;        ///< with its suffix: `docker.service`
    std::string unavailable; ///< why nothing below is known; empty: it is
    std::string active;      ///< `activating`
    std::string sub;         ///< `start`
    std::string result;      ///< `oom-kill`
    std::uint64_t main_process = 0;
    std::uint64_t restarts = 0;
};

/// Asks `systemctl show`, for at most 5 seconds. Never fails: says what it
/// could not learn, and why.
[[nodiscard]] UnitEvidence inspect_unit(const std::string& unit);

/// A command to type, and why.
struct Step {
    std::string why;
    std::vector<std::string> words; ///< not quoted
    bool is_optional = false;       ///< only if the one before did not do
};

/// All that is known.
struct Evidence {
    std::vector<Diagnosis> diagnoses;
    std::vector<FileEvidence> files;
    std::optional<ProcessEvidence> process;
    std::optional<UnitEvidence> unit;
};

/// What follows from it.
struct Conclusion {
    bool is_cause_found = false; ///< a diagnosis that is more than a hint, or a damaged file
    Certainty certainty = Certainty::hint;
    std::string happened;           ///< one or two sentences
    std::string safe;               ///< what is safe, and what is not
    std::vector<std::string> why;   ///< what may have damaged the file, where that can be seen
    std::vector<std::string> facts; ///< what comes back, how long it takes, how to go back
    std::vector<std::string> proof;
    std::vector<Step> next;
    /// Whether the steps are one block: each is for the case that the one before it
    /// succeeded. Typing it twice does no harm.
    bool is_block = false;
    std::vector<std::string> undo; ///< the command that takes the block back; or empty
};

/// Puts log, file, process and unit together.
[[nodiscard]] Conclusion conclude(const Evidence& evidence);

} // namespace rebolt::diagnose
