// recover_in_place: recovers a damaged file and puts the new one in its place.
//
// The damaged file is never written to. It gets a second name beside its own,
// FILE.damaged-<UTC time>, before the new file takes FILE's; undo() takes it back
// (see undo.hpp). A crash at any moment leaves the old file or the new one under
// FILE, never neither. It may be run again: a file that is whole stays as it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <rebolt/check.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

struct InPlaceOptions {
    RecoverOptions recover; ///< as for a new file; dry_run and file_mode are not looked at
    /// How long to try for the file's lock; nullopt: without end; 0: once.
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds{0};
    std::uint32_t page_size_bytes = 0; ///< as ReadOptions'
    /// Put an incomplete etcd member in place too: it then differs from the others.
    bool allow_incomplete_member = false;
    /// Returns false to cancel.
    std::function<bool(const RecoverProgress&)> progress;
};

enum class InPlaceOutcome : std::uint8_t {
    replaced,
    not_damaged,       ///< every page is sound: the file is as it was
    nothing_came_back, ///< the same
    incomplete_member, ///< the same: see InPlaceOptions::allow_incomplete_member
};
/// `replaced`, `not-damaged`, `nothing-came-back`, `incomplete-member`.
[[nodiscard]] std::string_view name_of(InPlaceOutcome outcome) noexcept;

struct InPlaceReport {
    InPlaceOutcome outcome = InPlaceOutcome::not_damaged;
    CheckReport before;     ///< what check says of the damaged file
    RecoverReport recovery; ///< unless it was not damaged
    std::string set_aside;  ///< where the damaged file is now; empty unless replaced
};

/// Holds the file's exclusive lock from the first look at it until the new file has
/// its name. The new file gets the old one's owner, mode and extended attributes.
/// Errors: lock_timeout (a process has the file open, and which), file_not_found,
/// permission_denied, invalid_argument (a device, a folder; an undo file of a repair
/// is there; the file was changed meanwhile), cancelled, io, as Recovery's.
Result<InPlaceReport> recover_in_place(const std::string& path, InPlaceOptions options = {});

} // namespace rebolt
