// Seals: what each page of a file was when it was found clean. A page that has changed
// since then although nothing was committed is damage that no look at the page can
// show: a bit that flipped in a value, a write that the disk lost.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

#include "io/file_stamp.hpp"

namespace rebolt::guard {

struct Seal {
    std::uint64_t transaction = 0;
    io::FileStamp stamp;
    std::uint32_t page_size_bytes = 0;
    /// XXH3-64 of each page that the transaction uses; nullopt: it is free, or the meta
    /// that the transaction did not write.
    std::vector<std::optional<std::uint64_t>> pages;
    std::string time; ///< UTC, when it was made
};

/// Of the newest transaction. Errors: cancelled; not_supported: no meta is valid, or no
/// freelist is stored, so that it is not known which pages a commit that failed may
/// have written to. Cost: one pass over the file.
[[nodiscard]] Result<Seal> seal_of(const PageSource& source, const io::FileStamp& stamp,
                                   const std::function<bool()>& may_go_on);

/// What has changed since without a commit, as a clause: `pages 12 and 13 are not as
/// they were when …`. Empty: nothing, or it cannot be told: another file was put in
/// its place, or more than one transaction was committed. Errors: as above.
[[nodiscard]] Result<std::string> broken_seal(const Seal& seal, const PageSource& source,
                                              const io::FileStamp& stamp,
                                              const std::function<bool()>& may_go_on);

/// nullopt: there is none, or none that is whole.
[[nodiscard]] std::optional<Seal> read_seal(const std::string& folder);
/// Not synced: one that is not whole is not used. Errors: io, permission_denied.
Result<void> write_seal(const std::string& folder, const Seal& seal);

} // namespace rebolt::guard
