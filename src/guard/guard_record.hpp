// GuardRecord: what the guard knows about one file from earlier starts, kept as
// JSON in the state folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// A copy of the file from when it was clean.
struct Snapshot {
    std::string path;
    std::uint64_t bytes = 0;
    std::string checksum; ///< XXH3-64 of its bytes, in hex
    std::uint64_t transaction = 0;
};

/// Identifies an unchanged file; stored with the newest snapshot.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const FileStamp&) const = default;
};
[[nodiscard]] FileStamp stamp_of(const struct stat& status) noexcept;

/// A file that the guard set aside: its name in the guarded file's folder. It is
/// restored or removed only if that name is still this very file's.
struct AsideFile {
    std::string name;
    std::uint64_t inode = 0;
};

struct GuardRecord {
    std::string file; ///< the file it is about
    FileStamp stamp;
    std::vector<Snapshot> snapshots;  ///< newest first
    std::vector<AsideFile> set_aside; ///< in no order
    std::string last_time;
    std::string last_outcome;
    std::string last_line;
};

/// The folder of a file's snapshots and record in the state folder: the file's
/// path with `-` for `/`, as systemd names mount units.
[[nodiscard]] std::string folder_of(const std::string& state_folder, const std::string& file);

/// Without a readable record, an empty one with the snapshots found by their names:
/// the record only helps.
[[nodiscard]] GuardRecord read_record(const std::string& folder);
/// Creates the folder if needed. Errors: io, permission_denied.
Result<void> write_record(const std::string& folder, const GuardRecord& record);

/// Now, as `2026-11-24T01:02:03Z`; compact, for file names: `20261124T010203Z`.
[[nodiscard]] std::string utc_time(bool compact);

} // namespace rebolt::guard
