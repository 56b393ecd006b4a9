// Snapshots: copies of a file from when it was clean, to recover from.
#pragma once

#include <string>
#include <vector>

#include <rebolt/page_source.hpp>

#include "guard/guard_record.hpp"

namespace rebolt::guard {

/// Copies the file, which is clean, unless its record has that copy already, and
/// drops the oldest beyond `kept`. Not synced: a snapshot proves itself when it
/// is used. Returns its path; empty if there was nothing to do. Errors: io,
/// permission_denied.
Result<std::string> take_snapshot(const PageSource& source, std::uint64_t transaction,
                                  const std::string& folder, std::size_t kept, GuardRecord& record);

/// Those that are what they were, the newest first. Cost: their bytes.
[[nodiscard]] std::vector<std::string> sound_snapshots(const GuardRecord& record);

} // namespace rebolt::guard
