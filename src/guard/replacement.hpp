// Makes the file that replaces a damaged one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/guard.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/restore_values.hpp>

namespace rebolt::guard {

/// A complete file that is not in place yet.
struct Replacement {
    std::string path;
    std::optional<RecoverReport> recovery; ///< nullopt: nothing was readable
    std::string restored_from;             ///< then: the snapshot it is a copy of
    std::uint64_t records_mended = 0; ///< written or removed according to the containers' files
    std::string note;                 ///< what failed along the way; may be empty
    RestoredValues values{};          ///< torn ones, from the donors

    /// Nothing is lost, and all of it is provably of the newest state.
    [[nodiscard]] bool is_complete() const noexcept;
};

struct ReplacementRequest {
    std::string path;        ///< of the new file
    std::string docker_root; ///< as GuardedFile's
    RecoverOptions recover;  ///< with its donors, sound snapshots, the newest first
    std::chrono::steady_clock::time_point deadline;
};

/// Recovers `source` into a new file. If nothing in it is readable, the newest
/// donor is copied; without one, Docker's network state is rebuilt from the
/// containers' files. Errors: cancelled (the deadline), io, damaged (nothing is
/// readable, and there is no other source).
[[nodiscard]] Result<Replacement> make_replacement(const PageSource& source,
                                                   const ReplacementRequest& request);

/// Rebuilds Docker's network state from the containers' files alone. Errors:
/// io, damaged (they tell of no network that can be written).
[[nodiscard]] Result<Replacement> rebuild_replacement(const ReplacementRequest& request);

} // namespace rebolt::guard
