// containerd's blobs, which its garbage collector deletes where meta.db does not
// list them: an empty meta.db must not start over them, and what a recovered one
// has lost is kept first.
#pragma once

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// After the file was judged, and replaced if it was damaged. Changes nothing but
/// the report where the file is no meta.db, or no blob is at risk. Cost: none for
/// a clean file that is not empty.
void guard_content(const GuardOptions& options, GuardReport& report);

} // namespace rebolt::guard
