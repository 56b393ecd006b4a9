// undo: puts back every byte that a repair or a surgery changed in place, or the
// file that a recovery in place has replaced.
//
// Before a file is changed, its old bytes are written to FILE.undo and synced
// (the format is in docs/surgery.md). undo() can be killed at any moment and
// run again: each sector of the ranges holds its old bytes or its new ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// Where the undo file of `path` is: beside it, with `.undo` at its end.
[[nodiscard]] std::string undo_path(const std::string& path);

/// A stretch of the file that was changed.
struct UndoRange {
    std::uint64_t offset;
    std::uint64_t bytes;
    std::uint64_t bytes_new; ///< of them, how many hold the new bytes now
};

struct UndoReport {
    std::string title; ///< of the plan that was applied
    std::uint64_t file_bytes_before = 0;
    std::uint64_t file_bytes_after = 0;
    std::vector<UndoRange> ranges; ///< those that were changed
    /// Where the new file is that the old one was put back in place of; empty if bytes
    /// were put back.
    std::string kept{};
};

/// Looks at FILE.undo, and at the file: what would undo() do? Takes the file's
/// lock (shared). Errors: as undo().
[[nodiscard]] Result<UndoReport> read_undo(const std::string& path,
                                           const ApplyOptions& options = {});

/// Takes the exclusive lock, sees to it that FILE.undo is whole and that each
/// changed sector of the file holds its old or its new bytes, writes the old
/// ones, restores the size, syncs, and removes FILE.undo. Nothing is written
/// unless all of it fits. Where FILE.undo is of a recovery in place, it renames the
/// damaged file back instead; the recovered one is set aside. Errors: file_not_found (nothing to
/// undo), invalid_argument (FILE.undo is damaged or of another file; the file has changed since,
/// and where), lock_timeout, permission_denied, io.
Result<UndoReport> undo(const std::string& path, const ApplyOptions& options = {});

} // namespace rebolt
