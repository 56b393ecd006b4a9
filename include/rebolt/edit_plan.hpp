// EditPlan: a change of a file, byte by byte, before it is made.
//
// Repair and surgery compute one from a file that they only read. It can then
// be looked at (what is written where, what it costs), tried out (foresee()
// checks the file as it would be), applied in place or to a copy. In place, the
// old bytes go to FILE.undo first, and undo() puts every one of them back, also
// after a crash at any moment (see rebolt/undo.hpp).
//
//   rebolt::EditPlan plan;
//   if (auto source = rebolt::PageSource::open("my.db")) { // holds the shared lock
//       auto made = rebolt::surgery::abandon_freelist(*source);
//       if (!made)
//           return std::move(made).error();
//       auto effect = rebolt::foresee(*source, *made);
//       if (effect && effect->after.verdict == rebolt::Verdict::clean)
//           plan = std::move(*made);
//   }
//   if (!plan.is_empty())
//       return rebolt::apply_in_place("my.db", plan);
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// Bytes that take the place of others.
struct ByteChange {
    std::uint64_t offset; ///< bytes from the start of the file
    /// What stands there now: as many as `after`, fewer where the file ends.
    std::vector<std::byte> before;
    std::vector<std::byte> after;
    bool after_sync = false; ///< what comes before it must be on the disk first
};

struct EditPlan {
    std::string title;              ///< what it does: `rebuild the freelist`
    std::vector<std::string> steps; ///< what is written where, a line each
    std::vector<std::string> costs; ///< what is lost or must be known; empty: nothing
    /// In the order of writing. They do not overlap.
    std::vector<ByteChange> changes;
    std::uint64_t file_bytes_before = 0;
    std::uint64_t file_bytes_after = 0; ///< never less
    std::uint32_t page_size_bytes = 0;
    /// Both metas' sectors as the plan saw them: who commits changes one.
    std::vector<ByteChange> witnesses;

    [[nodiscard]] bool is_empty() const noexcept { return changes.empty(); }
    /// Bytes that are written.
    [[nodiscard]] std::uint64_t bytes() const noexcept;
};

/// What check() says of the file without and with a plan's changes.
struct EditEffect {
    CheckReport before;
    CheckReport after;

    /// Keys (without buckets) that the current tree leads to.
    [[nodiscard]] static std::uint64_t keys(const CheckReport& report) noexcept;
    [[nodiscard]] static std::uint64_t buckets(const CheckReport& report) noexcept;
};

/// The file as it would be. Errors: those of PageSource::with_patches.
[[nodiscard]] Result<PageSource> preview(const PageSource& source, const EditPlan& plan);

/// Checks the file as it is and as it would be. Errors: check's.
[[nodiscard]] Result<EditEffect> foresee(const PageSource& source, const EditPlan& plan,
                                         const CheckOptions& options = {});

struct ApplyOptions {
    /// How long to wait for the exclusive lock; nullopt: forever; 0: try once.
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds{0};
};

/// Makes the changes in the file. Takes the exclusive lock, sees to it that the
/// file is as the plan saw it, writes FILE.undo and syncs it, then writes.
/// After an error from the system FILE.undo may be there: undo() then puts back
/// what was written. Errors: lock_timeout (naming who holds it),
/// invalid_argument (the file has changed since; there is a FILE.undo already),
/// file_not_found, permission_denied, io.
Result<void> apply_in_place(const std::string& path, const EditPlan& plan,
                            const ApplyOptions& options = {});

/// Writes the file with the changes to a new file, which appears under its name
/// when it is whole. Errors: io, permission_denied; invalid_argument (`path` is
/// the file itself); damaged (page_unreadable: a part cannot be read).
Result<void> apply_to_copy(const PageSource& source, const EditPlan& plan, const std::string& path);

} // namespace rebolt
