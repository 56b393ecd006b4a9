// GuardRecord: what the guard knows about one file from earlier starts, kept as
// JSON in the state folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/guard_history.hpp>

#include "io/set_aside.hpp"

namespace rebolt::guard {

/// A copy of the file from when it was clean.
struct Snapshot {
    std::string path;
    std::uint64_t bytes = 0;
    std::string checksum; ///< XXH3-64 of its bytes, in hex
    std::uint64_t transaction = 0;
};

using io::AsideFile;
using io::FileStamp;

struct GuardRecord {
    std::string file;                 ///< the file it is about
    FileStamp stamp;                  ///< of the file that the newest snapshot is of
    std::vector<Snapshot> snapshots;  ///< newest first
    std::vector<AsideFile> set_aside; ///< in no order
    FileStamp undone;                 ///< of the file that undo put back; zeros: none
    std::string last_time;
    std::string last_outcome;
    std::string last_line;
    std::vector<std::string> last_risks; ///< of a damaged file: what may have damaged it
    std::vector<GuardEvent> events;      ///< oldest first
};

/// The folder of a file's snapshots and record in the state folder: the file's
/// path with `-` for `/`, as systemd names mount units.
[[nodiscard]] std::string folder_of(const std::string& state_folder, const std::string& file);

/// Without a readable record, an empty one with the snapshots found by their names:
/// the record only helps.
[[nodiscard]] GuardRecord read_record(const std::string& folder);
/// Creates the folder if needed. Errors: io, permission_denied.
Result<void> write_record(const std::string& folder, const GuardRecord& record);

/// Now, as `2026-11-24T01:02:03Z`.
[[nodiscard]] std::string utc_time();

} // namespace rebolt::guard
