// Making the file that takes a damaged one's place.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/guard.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::guard {

/// A file that is whole and not yet in place.
struct Replacement {
    std::string path;
    std::optional<RecoverReport> recovery; ///< nullopt: nothing could be read
    std::string restored_from;             ///< the snapshot it is a copy of, then
    std::uint64_t records_mended = 0;      ///< written or removed by the containers' files
    std::string note;                      ///< what did not work on the way; may be empty

    /// Nothing is lost, and all of it is proven to be of the newest state.
    [[nodiscard]] bool is_complete() const noexcept;
};

struct ReplacementOrder {
    std::string path;        ///< where to make it
    std::uint32_t mode;      ///< permissions, before the umask
    std::string docker_root; ///< as GuardedFile's
    RecoverOptions recover;  ///< with its donors, sound snapshots, the newest first
    std::chrono::steady_clock::time_point deadline;
};

/// Recovers `source` into a new file. Where nothing in it can be read, the newest
/// donor is taken as it is; without one, Docker's network state is made from the
/// containers' files. Errors: cancelled (the deadline), io, damaged (nothing can
/// be read, and there is nothing else).
[[nodiscard]] Result<Replacement> make_replacement(const PageSource& source,
                                                   const ReplacementOrder& order);

} // namespace rebolt::guard
