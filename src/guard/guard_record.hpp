// GuardRecord: what the guard knows of one file from earlier starts, as JSON in
// its state folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// A copy of the file from a time when it was clean.
struct Snapshot {
    std::string path;
    std::uint64_t bytes = 0;
    std::string checksum; ///< XXH3-64 of its bytes, in hex
    std::uint64_t transaction = 0;
};

/// What tells a file that has not changed: kept with the newest snapshot.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const FileStamp&) const = default;
};
/// What the file is like now. Errors: file_not_found, io.
[[nodiscard]] Result<FileStamp> stamp_of(const std::string& path);

struct GuardRecord {
    std::string file; ///< whose record it is
    FileStamp stamp;
    std::vector<Snapshot> snapshots; ///< the newest first
    std::string last_time;
    std::string last_outcome;
    std::string last_line;
};

/// The folder of a file's snapshots and record, below the state folder: its path
/// with `-` for `/`, as systemd names its units.
[[nodiscard]] std::string folder_of(const std::string& state_folder, const std::string& file);

/// An empty record if there is none, or none that can be read: it is only a help.
/// The snapshots are then found by their names.
[[nodiscard]] GuardRecord read_record(const std::string& folder);
/// Makes the folder if need be. Errors: io, permission_denied.
Result<void> write_record(const std::string& folder, const GuardRecord& record);

/// Now: `2026-11-24T01:02:03Z`; compact, as it goes into names: `20261124T010203Z`.
[[nodiscard]] std::string utc_time(bool compact);

} // namespace rebolt::guard
