// wal: an etcd member's write-ahead log, read without trusting a byte of it.
//
//   auto wal = rebolt::etcd::Wal::open("/var/lib/etcd/member/wal");
//   if (!wal)
//       return std::move(wal).error();
//   for (const rebolt::etcd::WalFile& file : wal->files())
//       std::puts(file.name.c_str());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/raft.hpp>
#include <rebolt/result.hpp>

namespace rebolt::etcd {

/// What releases of etcd differ in when they read a record's length.
enum class WalRules : std::uint8_t {
    ten_megabytes, ///< up to 3.5.4: longer records are an error for good
    rest_of_file,  ///< from 3.5.7 on: what the file has no room for was torn
};
/// `ten-megabytes`, `rest-of-file`.
[[nodiscard]] std::string_view name_of(WalRules rules) noexcept;

/// How the records of a file, or of a whole log, end.
enum class WalEnd : std::uint8_t {
    clean,           ///< at the file's end, or where only zeros follow
    torn,            ///< the last write did not reach the disk: etcd cuts it off
    record_too_long, ///< a length that no record has
    malformed,       ///< a record is no message
    checksum,        ///< a record's checksum is wrong
    chain,           ///< a file's first checksum is not the one before's last
    unknown_type,    ///< a record of a kind that etcd does not know
    metadata,        ///< a file is another member's
    gap,             ///< an entry's index is beyond the one that must come next
    unreadable,      ///< the disk does not deliver the file
};

/// `clean`, `torn`, `record-too-long`, …
[[nodiscard]] std::string_view name_of(WalEnd end) noexcept;

/// One file of the log, by itself.
struct WalFile {
    std::string name;
    std::uint64_t sequence = 0; ///< in its name
    std::uint64_t index = 0;    ///< in its name: its first entry's, at least
    std::uint64_t bytes = 0;
    WalEnd end = WalEnd::clean;
    std::string text;             ///< what etcd says of its end; empty for a clean one
    std::uint64_t end_offset = 0; ///< behind the last good record
    std::uint64_t records = 0;
    std::uint64_t entries = 0;
    std::uint64_t first_entry = 0; ///< 0: none
    std::uint64_t last_entry = 0;
    std::uint32_t checksum_at_begin = 0; ///< of its first crc record
    std::uint32_t checksum_at_end = 0;
    bool has_head = false; ///< it begins with a crc record
    /// The checksums and the numbers follow on those of the file before.
    bool follows = true;
    std::optional<MemberIdentity> identity;
};

/// The log as etcd holds it in memory: entries one after the other, later
/// records win.
class LogEntries {
public:
    /// Puts an entry in its place, and drops those from there on. False: there
    /// would be a gap.
    bool put(const LogEntry& entry);
    /// Starts over at an entry, and forgets those before.
    void restart(const LogEntry& entry);

    [[nodiscard]] bool is_empty() const noexcept { return entries_.empty(); }
    /// 0 if there are none.
    [[nodiscard]] std::uint64_t first_index() const noexcept {
        return entries_.empty() ? 0 : entries_.front().index;
    }
    [[nodiscard]] std::uint64_t last_index() const noexcept {
        return entries_.empty() ? 0 : entries_.back().index;
    }
    /// Null if it is not there.
    [[nodiscard]] const LogEntry* at(std::uint64_t index) const noexcept;
    [[nodiscard]] std::span<const LogEntry> all() const noexcept { return entries_; }

private:
    std::vector<LogEntry> entries_; ///< indexes without a gap
};

/// What one of etcd's own readers makes of the log.
struct WalReading {
    std::string error;          ///< etcd's words; empty: it reads all it needs
    bool was_repaired = false;  ///< it cuts the last file's torn end off first
    bool is_repairable = false; ///< `error` is one that it tries to repair
    HardState state;
    std::uint64_t entries = 0; ///< behind the snapshot
    std::uint64_t first_index = 0;
    std::uint64_t last_index = 0;
};

/// The files of a log, mapped. Entries and records point into them.
class Wal {
public:
    /// Reads every `*.wal` file of the folder. Damage is no error. Errors:
    /// file_not_found, permission_denied, io, out_of_memory. Cost: O(bytes).
    static Result<Wal> open(const std::string& folder);

    Wal(Wal&&) noexcept;
    Wal& operator=(Wal&&) noexcept;
    ~Wal();

    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    [[nodiscard]] const std::vector<WalFile>& files() const noexcept { return files_; }
    /// Names in the folder that etcd ignores.
    [[nodiscard]] const std::vector<std::string>& others() const noexcept { return others_; }
    /// The entries that the good records of all files give, from the last gap on.
    [[nodiscard]] const LogEntries& entries() const noexcept { return entries_; }
    /// Indexes that are missing before entries() begins, though older ones are there.
    [[nodiscard]] bool has_gap() const noexcept { return has_gap_; }
    /// The last one in the log; all zero if there is none.
    [[nodiscard]] const HardState& state() const noexcept { return state_; }
    /// All snapshot records, oldest first.
    [[nodiscard]] const std::vector<SnapshotMark>& snapshots() const noexcept { return snapshots_; }
    [[nodiscard]] const std::optional<MemberIdentity>& identity() const noexcept {
        return identity_;
    }

    /// The snapshots that etcd (3.3.21, 3.4.8 and later) looks for in `snap/`, or
    /// why it does not get so far. Cost: O(bytes).
    [[nodiscard]] Result<std::vector<SnapshotMark>> valid_snapshots(WalRules rules) const;
    /// What etcd reads from a snapshot on when it starts, with its own repair.
    /// Cost: O(bytes).
    [[nodiscard]] WalReading read_from(const SnapshotMark& snapshot, WalRules rules) const;

private:
    struct Contents;
    Wal();
    void take_in(std::size_t file);
    Result<void> map_files();

    std::string folder_;
    std::vector<WalFile> files_;
    std::vector<std::string> others_;
    LogEntries entries_;
    bool has_gap_ = false;
    HardState state_;
    std::vector<SnapshotMark> snapshots_;
    std::optional<MemberIdentity> identity_;
    std::unique_ptr<Contents> contents_;
};

} // namespace rebolt::etcd
