// recover: brings the data of a damaged file back, into a new file.
//
// Whatever is sound in the newest state is kept. Where it is damaged, the hole
// is filled from the best that is left: pages that no sound page leads to any
// more, the state before, older versions of pages (bbolt copies on write, and
// leaves them behind), donor files. Every key says where it came from, and what
// is lost is counted. The input is only read.
//
// Truth comes before completeness: a value is `current` only if it is proven to
// be of the newest state; everything else is marked.
//
//   auto source = rebolt::PageSource::open("broken.db");
//   if (!source)
//       return std::move(source).error();
//   auto recovery = rebolt::Recovery::begin(*source, "whole.db");
//   if (!recovery)
//       return std::move(recovery).error();
//   if (auto done = recovery->run(); !done)
//       return done;
//   std::printf("%ju keys\n", std::uintmax_t{recovery->report().counts.total()});
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What may come into the new file.
enum class RecoverPolicy : std::uint8_t {
    best,         ///< the newest state, holes filled from whatever is left
    newest_whole, ///< one transaction that is whole, and nothing else
    current_only, ///< what is proven to be of the newest state, and nothing else
};

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
/// `best`, `newest-whole`, `current-only`.
[[nodiscard]] std::string_view name_of(RecoverPolicy policy) noexcept;

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

/// How much came from where. Keys are counted with buckets, also nested ones.
struct RecoveredCounts {
    std::array<std::uint64_t, provenance_count> keys{}; ///< by Provenance
    std::uint64_t partial = 0;                          ///< of these, from damaged pages
    std::uint64_t bytes = 0;                            ///< of keys and values

    [[nodiscard]] std::uint64_t total() const noexcept {
        return keys[0] + keys[1] + keys[2] + keys[3];
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

struct RecoverOptions {
    RecoverPolicy policy = RecoverPolicy::best;
    /// Leave out what is Provenance::stale.
    bool no_stale = false;
    /// Do all but write: no file is made, and keys are kept in memory, 24 bytes each.
    bool dry_run = false;
    /// Files to fill holes from, the best first: snapshots, backups.
    std::vector<std::string> donors;
    /// Permissions of the new file, before the process's umask.
    std::uint32_t file_mode = 0600;
    /// Buckets and ranges kept in full in the report; others are in the sums.
    std::size_t listed_max = 1000;
    /// Rules of the program that wrote the file: they tell where pages belong that
    /// nothing leads to, and how new they are. `{}`: the pages alone are looked at.
    OwnerRules owners = known_owner_rules();
    /// Asked in every loop: the recovery ends with `cancelled` within 0.1 s.
    std::stop_token stop{};
    std::optional<std::chrono::steady_clock::time_point> deadline{};
    /// Told of each key and bucket as it is written; its error ends the recovery.
    std::function<Result<void>(const RecoveredItem&)> on_item;
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

/// Where a recovery is: in this order.
enum class RecoverStage : std::uint8_t {
    survey,     ///< what each page is
    candidates, ///< which states there are, and which is the newest
    keep,       ///< writing what is sound, and finding the holes
    fill,       ///< filling holes; what fits nowhere goes to lost+found
    check,      ///< the new file is checked
    done,
};

[[nodiscard]] std::string_view name_of(RecoverStage stage) noexcept;

struct RecoverProgress {
    RecoverStage stage;
    std::uint64_t done;  ///< pages of this stage
    std::uint64_t total; ///< of this stage, an upper bound
};

/// A recovery under way. Dropped before its end it leaves no file behind.
/// Memory: at most 16 bytes a page, the holes' keys and one transaction; for a dry
/// run 24 bytes a key, and no transaction.
class Recovery {
public:
    /// `source` must outlive it. `path` is the new file's; it appears under that
    /// name when it is whole, in place of what stands there. Errors:
    /// invalid_argument (a donor of other sort, the source itself as target),
    /// those of opening donors, damaged (nothing in it is a bbolt page;
    /// newest_whole, and no transaction is).
    static Result<Recovery> begin(const PageSource& source, const std::string& path,
                                  RecoverOptions options = {});
    Recovery(Recovery&&) noexcept;
    Recovery& operator=(Recovery&&) noexcept;
    ~Recovery();

    /// Works a little, some milliseconds; false when all is done and the new
    /// file is in its place. After an error no new file is there, and only the
    /// destructor is left. Errors: io, out_of_memory, on_item's.
    [[nodiscard]] Result<bool> step();
    /// Steps to the end; `progress` returns false to cancel. Errors: cancelled.
    Result<void> run(const std::function<bool(const RecoverProgress&)>& progress = nullptr);

    [[nodiscard]] RecoverProgress progress() const noexcept;
    /// What came back and what is lost; whole when step() has returned false.
    [[nodiscard]] const RecoverReport& report() const noexcept;

private:
    class Work;
    explicit Recovery(std::unique_ptr<Work> work) noexcept;

    std::unique_ptr<Work> work_;
};

} // namespace rebolt
