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
#include <rebolt/recover_report.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What may come into the new file.
enum class RecoverPolicy : std::uint8_t {
    best,         ///< the newest state, holes filled from whatever is left
    newest_whole, ///< one transaction that is whole, and nothing else
    current_only, ///< what is proven to be of the newest state, and nothing else
};

/// `best`, `newest-whole`, `current-only`.
[[nodiscard]] std::string_view name_of(RecoverPolicy policy) noexcept;

struct RecoverOptions {
    RecoverPolicy policy = RecoverPolicy::best;
    /// Leave out what is Provenance::stale.
    bool no_stale = false;
    /// Do all but write: no file is made, and keys are kept in memory, 24 bytes each.
    bool dry_run = false;
    /// Files to fill holes from, the best first: snapshots, backups.
    std::vector<std::string> donors;
    /// Permissions of the new file, before the process's umask; 0: owner, permissions
    /// and extended attributes are those of the damaged one.
    std::uint32_t file_mode = 0;
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
