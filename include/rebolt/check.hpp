// check: walks everything in a file without trusting anything, and lists
// findings. It always ends.
//
// Both metas and both trees (the newest transaction's and the one before) are
// looked at; after a finding the walk goes on; each cause is reported once: what
// lies below a damaged page is counted, not listed. Time is linear in the file;
// memory is at most 2 bytes a page plus 32 MiB, whatever the content. It never
// uses the engine: a checker that walks with the code it checks is no checker.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/finding.hpp>
#include <rebolt/foreign_file.hpp>
#include <rebolt/format.hpp>
#include <rebolt/owner_rules.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

enum class Verdict : std::uint8_t {
    clean,           ///< no finding of severity data or fatal; space and notes may be there
    damaged,         ///< at least one
    not_a_bolt_file, ///< nothing to check: not bbolt's, empty, or of foreign byte order
};

/// `clean`, `damaged`, `not-a-bolt-file`.
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;

struct CheckProgress {
    std::uint64_t pages_done;  ///< entered or accounted for
    std::uint64_t pages_total; ///< of the whole check, an upper bound
};

struct CheckOptions {
    /// Threads that walk; 0: as many as there are cores, when the file is
    /// large enough to gain. The report does not depend on it.
    unsigned threads = 0;
    /// Files with fewer pages below the high water mark are walked by one thread.
    std::uint64_t parallel_pages_min = 8192;
    /// Checks what lies below this page alone, as if it were the root of a bucket
    /// (bbolt: `check --from-page`). No page is accounted for then.
    std::optional<PageId> from_page;
    /// Findings kept in full, at least 1, the gravest first; others are counted.
    std::size_t findings_max = 1000;
    /// Rules of the programs whose values are validated; `{}`: no values are.
    OwnerRules owners = known_owner_rules();
    /// Called now and then, from one thread at a time; return false to cancel.
    std::function<bool(const CheckProgress&)> progress;
};

/// One of the two metas.
struct MetaReport {
    PageId page;
    bool valid;                ///< magic, version, checksum and page size are right
    bool current;              ///< the one that bbolt uses
    format::MetaFields fields; ///< as they stand there
};

/// The tree of one meta.
struct TreeReport {
    TxId transaction;
    PageId meta;
    bool current;
    /// The tree and its freelist are sound, and account for all its pages below
    /// its high water mark, none twice.
    bool whole;
    /// The tree is sound by itself. Without a freelist that fits nothing proves
    /// that it is all there is.
    bool is_sound = false;
    std::uint64_t findings = 0;  ///< against its being whole, listed or not
    std::uint64_t key_count = 0; ///< keys and buckets that can be reached
    std::uint64_t bucket_count = 0;
};

/// What each page below the high water mark is to the current tree. The sum of
/// all but `total` is `total`.
struct PageCounts {
    std::uint64_t meta = 0;
    std::uint64_t freelist = 0; ///< with its overflow pages
    std::uint64_t branch = 0;
    std::uint64_t leaf = 0;
    std::uint64_t overflow = 0; ///< behind branches and leaves
    std::uint64_t damaged = 0;  ///< a tree leads to them, but they are no branch or leaf
    std::uint64_t free = 0;
    std::uint64_t leaked = 0;  ///< none of these: leaked, or cut off by damage
    std::uint64_t missing = 0; ///< below the high water mark, but behind the file's end
    std::uint64_t total = 0;   ///< the high water mark; 0 if no meta is usable

    bool operator==(const PageCounts&) const = default;
};

struct CheckReport {
    std::string path;
    Verdict verdict = Verdict::clean;
    std::optional<ForeignFile> foreign; ///< not a bolt file: what it is, where it is known
    Owner owner = Owner::unknown;       ///< who wrote the file, as far as its content proves it
    std::uint64_t file_bytes = 0;
    std::uint32_t page_size_bytes = 0;
    std::vector<MetaReport> metas; ///< none if the file is too short or not bbolt's
    std::vector<TreeReport> trees; ///< of the valid metas, the current first
    PageCounts pages;
    std::vector<Finding> findings;                            ///< worst first, at most findings_max
    std::uint64_t findings_left_out = 0;                      ///< counted beyond findings_max
    std::array<std::uint64_t, finding_code_count> count_of{}; ///< by code, all of them
    std::uint64_t pages_entered = 0; ///< steps of work: at most 2 × pages, 3 × when threads walked
    std::uint64_t bytes_covered = 0; ///< bytes of the pages that were looked at

    /// The worst severity among all findings; nullopt if there is none.
    [[nodiscard]] std::optional<Severity> worst() const noexcept;
    /// True if no page is damaged. Values may be, by the rules of the program that
    /// wrote them: no reason to drop or to rewrite anything.
    [[nodiscard]] bool has_sound_pages() const noexcept;
    /// The newest transaction whose tree is whole, if one is.
    [[nodiscard]] const TreeReport* whole_tree() const noexcept;
};

/// Checks a file. Errors: cancelled, out_of_memory, io; never damage: that is
/// in the report.
[[nodiscard]] Result<CheckReport> check(const PageSource& source, const CheckOptions& options = {});

/// The verdict in one sentence for a person: `damaged: the newest transaction
/// 794 is damaged, transaction 793 is whole`.
[[nodiscard]] std::string sentence(const CheckReport& report);

} // namespace rebolt
