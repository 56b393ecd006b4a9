// Snapshots: copies of a clean file, to recover from later.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "guard/guard_record.hpp"
#include "io/file.hpp"

namespace rebolt::guard {

struct SnapshotRequest {
    std::uint64_t transaction;
    FileStamp stamp; ///< of the file that was found clean
    std::string folder;
    std::size_t kept;
    std::uint64_t bytes_max;         ///< of data, without holes
    double free_share;               ///< of what is free, at most
    std::function<bool()> may_go_on; ///< false: the time is over
};

/// Copies a clean file unless its record already has that copy, and removes the
/// oldest beyond `kept`. Holes stay holes, and blocks are shared where the file
/// system can. Not synced: a snapshot is verified when it is used.
/// Returns its path; empty if there was nothing to do. Errors: io (no room within
/// `free_share`, or parts of the file cannot be read),
/// permission_denied, cancelled, invalid_argument (too large, or changed meanwhile).
Result<std::string> take_snapshot(const io::File& file, const SnapshotRequest& request,
                                  GuardRecord& record);

/// True if the file is as it was when the newest snapshot was made, which is still there.
[[nodiscard]] bool is_of_newest_snapshot(const GuardRecord& record, const FileStamp& stamp);

/// Those that are unchanged, newest first. Cost: their bytes.
[[nodiscard]] std::vector<std::string> sound_snapshots(const GuardRecord& record,
                                                       const std::function<bool()>& may_go_on);

} // namespace rebolt::guard
