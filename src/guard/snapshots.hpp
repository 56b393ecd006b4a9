// Snapshots: copies of a clean file, to recover from later.
#pragma once

#include <string>
#include <vector>

#include <rebolt/page_source.hpp>

#include "guard/guard_record.hpp"

namespace rebolt::guard {

/// Copies a clean file unless its record already has that copy, and removes the
/// oldest beyond `kept`. Not synced: a snapshot is verified when it is used.
/// Returns its path; empty if there was nothing to do. Errors: io,
/// permission_denied.
Result<std::string> take_snapshot(const PageSource& source, std::uint64_t transaction,
                                  const std::string& folder, std::size_t kept, GuardRecord& record);

/// Those that are unchanged, newest first. Cost: their bytes.
[[nodiscard]] std::vector<std::string> sound_snapshots(const GuardRecord& record);

} // namespace rebolt::guard
