// ReplacementRecord: the undo file of a file that another was put in place of.
//
// It names the file that was set aside, which holds the old bytes, and says how to
// tell whether the new one has been changed since. Its format is in docs/surgery.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/undo.hpp>

#include "io/file_stamp.hpp"
#include "salvage/in_place.hpp"

namespace rebolt::salvage {

struct ReplacementRecord {
    std::string title;      ///< of what was done
    std::string set_aside;  ///< name of the old file, in the folder of the new one
    io::FileStamp old_file; ///< before it was replaced
    io::FileStamp new_file;
};

[[nodiscard]] std::vector<std::byte> encode(const ReplacementRecord& record);
/// Whether an undo file is one of these.
[[nodiscard]] bool is_replacement_record(Bytes undo_file) noexcept;
/// Errors: invalid_argument: of a later version, or damaged.
[[nodiscard]] Result<ReplacementRecord> decode_replacement(Bytes undo_file);

enum class UndoMode : std::uint8_t { look, put_back };

/// Puts the old file back under its name; the new one is set aside in turn. May be
/// cut off and run again. Errors: invalid_argument (the new file was changed since,
/// the old one is not where it was), io.
Result<UndoReport> undo_replacement(const OpenedInPlace& opened, const ReplacementRecord& record,
                                    UndoMode mode);

} // namespace rebolt::salvage
