// guard: the check in front of a service. A clean file is left alone and a
// snapshot of it kept; a damaged one is set aside and recovered before the
// service sees it.
//
//   rebolt::GuardOptions options;
//   options.state_folder = "/var/lib/app/guard";
//   auto files = rebolt::guard_preset("docker", {.data_root = "/var/lib/docker"});
//   if (!files)
//       return std::move(files).error();
//   for (const auto& file : *files)
//       if (auto report = rebolt::guard_file(file, options); !report.may_start)
//           std::puts(report.line.c_str()); // and do not start the service
//
// Nothing is deleted but old snapshots and set-aside files beyond their retention;
// undo_guard() reverses what was done. Killed at any moment, without space, in a
// read-only folder: the file under its path is the old one or the complete new one,
// and a clean file is never kept from its service.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What to do with a damaged file.
enum class GuardPolicy : std::uint8_t {
    recover,    ///< set it aside, and put what can be brought back in its place
    quarantine, ///< set it aside, and let the service make a new one: for caches
    refuse,     ///< leave it, and do not let the service start
};

/// `recover`, `quarantine`, `refuse`.
[[nodiscard]] std::string_view name_of(GuardPolicy policy) noexcept;
[[nodiscard]] std::optional<GuardPolicy> guard_policy(std::string_view name) noexcept;

struct GuardedFile {
    std::string path;
    GuardPolicy policy = GuardPolicy::recover;
    /// Recover only if nothing is lost and all of it is current; else refuse. For
    /// members of a cluster, which can get their data from the others.
    bool only_complete = false;
    /// Holds nothing that cannot be made again: GuardOptions::reset_caches.
    bool is_cache = false;
    /// Of Docker's network state: the data root. Networks and endpoints that are
    /// lost are rebuilt from the containers' own files. Empty: they are not.
    std::string docker_root = {};
    /// Of an etcd member's `db`: etcd's data folder. The member is repaired as a whole
    /// (rebolt/etcd/repair.hpp), or refused. Empty: the file stands alone.
    std::string etcd_root = {};
    /// The log of a raft server: replaced only by one that goes on without a gap,
    /// whose terms never fall, and that has every entry of which anything is left.
    bool is_raft_log = false;
    /// What to do instead where it is refused; a sentence for the journal.
    std::string advice = {};
};

/// When the guard runs: what it leaves for another moment.
enum class GuardMoment : std::uint8_t {
    any,          ///< all of its work
    before_start, ///< snapshots that must be copied wait for after_start
    after_start,  ///< the service runs: snapshots of what has changed, nothing else
    after_stop,   ///< snapshots and seals; damage is left to the next start
};

/// `any`, `before-start`, …
[[nodiscard]] std::string_view name_of(GuardMoment moment) noexcept;

struct GuardReport;

struct GuardOptions {
    /// Snapshots and records are here, a folder for each file.
    std::string state_folder = "/var/lib/rebolt/guard";
    std::size_t snapshots_kept = 3;    ///< 0: none are made
    std::size_t quarantines_kept = 10; ///< damaged files that were set aside, each file's
    /// For one file. A file that could not be judged in it does not stop the
    /// service; one that is known to be damaged does.
    std::chrono::milliseconds time_budget{60'000};
    /// A larger file is copied into a snapshot only where its blocks can be shared.
    std::uint64_t snapshot_bytes_max = std::uint64_t{1} << 30;
    /// A copy takes at most this share of what is free on its file system.
    double snapshot_free_share = 0.5;
    bool reset_caches = false; ///< the policy of caches is quarantine
    /// Docker's network state that is not there, though containers are in networks,
    /// is rebuilt from their files.
    bool rebuild = false;
    bool dry_run = false; ///< judge, and change nothing
    GuardMoment moment = GuardMoment::any;
    bool again = false; ///< also files that undo_guard() put back
    /// A service may start whatever became of its file, unless the file's policy is
    /// `refuse`.
    bool starts_anyway = false;
    bool seals = true; ///< keep a hash of each page, to tell what changes without a commit
    /// Compact a clean file of 1 MiB or more if more than this share of it is free; 0: never.
    double compact_above = 0;
    /// For recovering damaged files; its owner rules hold for the checks too.
    RecoverOptions recover = {};
    /// Told as soon as it is known whether the file is damaged, with the report that
    /// holds if nothing more is done: for whoever may end the guard before its end.
    std::function<void(const GuardReport&)> on_verdict = {};
};

enum class GuardOutcome : std::uint8_t {
    absent,      ///< no file: the service makes one
    clean,       ///<
    in_use,      ///< another program holds its lock: not judged
    not_judged,  ///< no time, no memory, not readable, or no bolt file at all
    recovered,   ///< it was damaged, and is in its place again
    quarantined, ///< it was damaged, and is set aside
    refused,     ///< it is damaged, and was left as it is
    failed,      ///< it is damaged, and could not be set aside or recovered; or it is no file
};

/// `absent`, `clean`, `in-use`, …
[[nodiscard]] std::string_view name_of(GuardOutcome outcome) noexcept;

struct GuardReport {
    std::string path;
    GuardOutcome outcome = GuardOutcome::clean;
    bool may_start = true;
    std::string line;                ///< what happened, and what to type next, for the journal
    std::string damage;              ///< check's sentence; empty if the file was not damaged
    std::string broken_seal;         ///< what changed without a commit, in a file that looks clean
    std::string quarantine;          ///< where the damaged file is now
    std::string snapshot;            ///< the snapshot that was made now
    std::vector<std::string> donors; ///< snapshots that were offered to recover
    std::optional<RecoverReport> recovery;
    /// The snapshot that took the place of a file in which nothing could be read.
    std::string restored_from;
    std::uint64_t records_mended = 0; ///< with GuardedFile::docker_root
    std::chrono::microseconds took{0};
};

/// Judges one file, and does what its policy says. Never fails: what went wrong
/// is in the report. A clean file costs one check, and a copy of it if it has
/// changed since the last snapshot. Killed at any moment, the file under `path`
/// is the damaged one or the whole new one, and the next call goes on from there.
/// A symbolic link is followed, and stays, if no other user can have put it there.
/// Two calls for one file at a time wait for each other.
[[nodiscard]] GuardReport guard_file(const GuardedFile& file, const GuardOptions& options);

/// Takes from this process, for good, what guard_file() does not need for these files: it
/// writes below their folders and the state folder alone, starts no program, speaks to none,
/// and keeps of root's rights those that files need. What a hostile file could make it do
/// ends there. False where the kernel cannot do all of it (Landlock from 5.13 on, seccomp).
bool confine_guard(const std::vector<GuardedFile>& files, const GuardOptions& options);

/// What undo_guard() did.
struct GuardUndone {
    std::string restored; ///< what is under the path again
    std::string kept;     ///< where the file that stood there is now; empty: none did
    std::string line;
};

/// Puts the file back that the last guard_file() set aside, and keeps the one
/// that is there now beside it. Only a file that the guard's record names, and
/// that still is the one that was set aside, is put back. Errors: file_not_found
/// (nothing to undo), lock_timeout (a program uses the file), io, permission_denied.
Result<GuardUndone> undo_guard(const std::string& path, const GuardOptions& options);

/// Where a preset looks for what the services were told.
struct GuardPresetOptions {
    std::string data_root; ///< empty: from the service's own configuration
    std::string system_root = {};
};

/// The files of `docker`, `containerd`, `etcd`, `kubeadm`, `k3s`, `rke2`, `k0s`, `microk8s`,
/// `minikube`, `kind`, `podman`, `consul`, `nomad`, `vault`, `influxdb`, `portainer`, `lnd`,
/// `otelcol`, `trivy` or `rclone`. Files that are not there are
/// listed too, if the service would make them under that name. Errors:
/// invalid_argument (no such preset, or a configuration that cannot be read).
[[nodiscard]] Result<std::vector<GuardedFile>> guard_preset(std::string_view name,
                                                            const GuardPresetOptions& options);

/// What a configuration file says.
struct GuardConfig {
    GuardOptions options;
    std::vector<std::string> presets;
    std::vector<GuardedFile> files;
};

/// Reads TOML: docs/guard.md has all settings. Errors: file_not_found, permission_denied,
/// invalid_argument (naming the line: unknown keys too).
[[nodiscard]] Result<GuardConfig> read_guard_config(const std::string& path);

/// Tells systemd, if it started this program, that the guard is about to check
/// `path` and may need `time_budget` for it. Best effort.
void notify_systemd(const std::string& path, std::chrono::milliseconds time_budget);

} // namespace rebolt
