// What a recovery brought back, from where, and what is lost.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/finding.hpp>
#include <rebolt/id.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt {

/// Where a key and its value came from.
enum class Provenance : std::uint8_t {
    current,  ///< the newest state
    previous, ///< the state before it, or one that may not be the newest
    stale,    ///< an older version of a page, or one whose age is not known
    donor,    ///< a donor file
};
inline constexpr std::size_t provenance_count = 4;

/// `current`, `previous`, `stale`, `donor`.
[[nodiscard]] std::string_view name_of(Provenance provenance) noexcept;
/// One key or bucket in the new file. The views are valid during the call.
struct RecoveredItem {
    std::span<const std::string> bucket; ///< names from the top-level bucket down
    std::string_view key;
    std::string_view value; ///< empty for a bucket
    bool is_bucket;
    Provenance provenance;
    bool is_partial;       ///< its page is damaged, the element itself seems sound
    PageId page;           ///< of the source, or of the donor
    std::size_t donor = 0; ///< which donor file, for Provenance::donor
};

/// How much came from where. Keys are counted without buckets, as check does.
struct RecoveredCounts {
    std::array<std::uint64_t, provenance_count> keys{};    ///< by Provenance
    std::array<std::uint64_t, provenance_count> buckets{}; ///< by Provenance, nested ones too
    std::uint64_t partial = 0; ///< of keys and buckets, from damaged pages
    std::uint64_t bytes = 0;   ///< of keys and values

    /// All keys.
    [[nodiscard]] std::uint64_t total() const noexcept {
        return keys[0] + keys[1] + keys[2] + keys[3];
    }
    /// All buckets.
    [[nodiscard]] std::uint64_t total_buckets() const noexcept {
        return buckets[0] + buckets[1] + buckets[2] + buckets[3];
    }
    /// Neither a key nor a bucket.
    [[nodiscard]] bool is_empty() const noexcept { return total() + total_buckets() == 0; }
    /// All keys and buckets are Provenance::current.
    [[nodiscard]] bool is_all_current() const noexcept {
        return keys[0] == total() && buckets[0] == total_buckets();
    }
};

/// A stretch of keys of one bucket whose page in the newest state is damaged.
struct LostRange {
    std::vector<std::string> bucket; ///< names from the top-level bucket down
    std::string first;               ///< keys from this one on; empty: from the first
    std::optional<std::string> end;  ///< up to before this one; nullopt: to the last
    PageId page;                     ///< the damaged page
    FindingCode code;                ///< what is wrong with it
    std::uint64_t restored = 0;      ///< keys that were found elsewhere
    std::uint64_t lost_estimate = 0; ///< keys that are not in the new file; estimated
    /// Off: the page may have been a branch or a root, and nobody knows how much was
    /// below it; `lost_estimate` is then the least.
    bool is_loss_known = true;
};

/// One bucket in the new file.
struct RecoveredBucket {
    std::vector<std::string> path;
    RecoveredCounts counts; ///< of the keys directly in it
};

/// What a recovery came to.
enum class RecoverOutcome : std::uint8_t {
    all,        ///< all came back, and is proven to be of the newest state
    incomplete, ///< something is missing, or is not proven
    nothing,    ///< there was something, and no key of it came back
};

/// `all`, `incomplete`, `nothing`.
[[nodiscard]] std::string_view name_of(RecoverOutcome outcome) noexcept;

struct RecoverReport {
    std::string path;
    std::uint64_t file_bytes = 0;
    std::uint32_t page_size_bytes = 0;
    PageSizeOrigin page_size_origin = PageSizeOrigin::unknown;
    std::optional<TxId> transaction; ///< the newest state's, where it is known
    std::optional<TxId> previous;    ///< the other one that was used, where it is known
    bool is_whole = false;           ///< nothing of the newest state was damaged
    bool roots_were_guessed = false; ///< no meta led to the newest state
    RecoveredCounts counts;          ///< all that is in the new file
    RecoveredCounts lost_and_found;  ///< of these, in `lost+found`
    std::uint64_t buckets = 0;
    std::vector<RecoveredBucket> listed_buckets;
    std::uint64_t ranges = 0; ///< damaged ranges, listed or not
    std::vector<LostRange> listed_ranges;
    std::uint64_t restored = 0;      ///< keys in such ranges that were found elsewhere
    std::uint64_t lost_estimate = 0; ///< keys that were not; estimated
    bool is_loss_known = true;       ///< off: `lost_estimate` is the least …
    std::uint64_t pages_missing = 0; ///< … and what stood on up to so many pages
    RecoverOutcome outcome = RecoverOutcome::incomplete;
    std::uint64_t stale_left_out = 0; ///< keys that policy or no_stale kept out
    std::uint64_t output_bytes = 0;   ///< of the new file; 0 for a dry run
};

} // namespace rebolt
