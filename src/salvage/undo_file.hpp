// The undo file: what a file held before it was changed in place.
//
// Its format is documented in docs/surgery.md. Old and new bytes both stand in
// it, so that each sector of the file can be told to be the one or the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/result.hpp>

namespace rebolt::salvage {

struct UndoFile {
    std::string title;
    std::uint64_t file_bytes_before = 0;
    std::uint64_t file_bytes_after = 0;
    /// Changes, and witnesses, whose old and new bytes are the same. They do
    /// not overlap.
    std::vector<ByteChange> ranges;
};

/// What the undo file of a plan holds.
[[nodiscard]] UndoFile undo_of(const EditPlan& plan);

[[nodiscard]] std::vector<std::byte> encode(const UndoFile& undo);

/// Errors: invalid_argument: it is no undo file, of a later version, or its
/// checksum does not fit its content.
[[nodiscard]] Result<UndoFile> decode(Bytes bytes);

} // namespace rebolt::salvage
