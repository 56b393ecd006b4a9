// key_history: every version of a key that a file still holds, in pages in use and
// in old ones.
//
// bbolt writes each change of a key to a new page and leaves the old page as it is
// until it is needed again: so free pages hold what a key was before. A page does
// not say which transaction wrote it; what the two metas' trees prove about that is
// told, and no more.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What leads to the page that holds a version.
enum class VersionStanding : std::uint8_t {
    newest,   ///< the newest transaction: this is what a reader gets
    previous, ///< only the transaction before it
    old,      ///< neither: left over, or lost by damage
};

/// `newest`, `previous`, `old`.
[[nodiscard]] std::string_view name_of(VersionStanding standing) noexcept;

/// One place where the key is. Views the source.
struct KeyVersion {
    VersionStanding standing = VersionStanding::old;
    PageId page{};
    std::uint64_t offset_bytes = 0; ///< of the value in the file
    std::string_view value;         ///< of a bucket: its header, and its page if inline
    bool is_bucket = false;
    bool is_sound = false; ///< nothing is wrong with the page
    /// Of an old page: how many of its other keys are now in the bucket, of how
    /// many. A page does not name its bucket: none may mean that it is another's.
    std::uint32_t neighbours_in_bucket = 0;
    std::uint32_t neighbours = 0;
    /// The transactions that can have written it; nullopt: nothing tells.
    std::optional<TxId> not_before{};
    std::optional<TxId> not_after{};
};

struct KeyHistory {
    std::optional<TxId> newest;       ///< of the metas
    std::vector<KeyVersion> versions; ///< newest first, then by standing, then by page
};

/// Looks at every page for `key` in the bucket that `path` names from the top level
/// down. Elements of damaged pages count as far as they lie in their page. Pages in
/// use by another bucket do not. `progress` is told pages done and in all; false
/// cancels. Errors: cancelled; invalid_argument if `path` or `key` is empty.
/// Cost: O(file). The views are valid as long as `source` is.
[[nodiscard]] Result<KeyHistory>
key_history(const PageSource& source, std::span<const std::string> path, std::string_view key,
            const std::function<bool(std::uint64_t, std::uint64_t)>& progress = nullptr);

/// What makes `after` of `before`: bytes removed and added at one place. Views both.
struct ValueChange {
    std::size_t offset = 0;
    std::string_view removed;
    std::string_view added;
};
/// The smallest one. Cost: O(bytes).
[[nodiscard]] ValueChange change_between(std::string_view before, std::string_view after) noexcept;

} // namespace rebolt
