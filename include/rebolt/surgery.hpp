// surgery: single deliberate changes of a file, as bbolt's `surgery` commands.
//
// Each function looks at the file and returns an EditPlan; none writes. What
// bbolt leaves unchecked is checked: ids and ranges, what stands on the pages,
// which metas are valid. A plan may leave damage, where that is what was asked
// for: foresee() tells. A plan that changes nothing has no changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::surgery {

/// Goes back to the transaction before: writes the other meta over the current
/// one. Errors: invalid_argument (no other valid meta), damaged.
[[nodiscard]] Result<EditPlan> revert_meta_page(const PageSource& source);

struct PageCopy {
    PageId from;
    PageId to;
};

/// Writes a page, with its overflow, over another; its header then carries the
/// other's number. Errors: invalid_argument (the same page; one is no page of
/// the database; one is a meta and the other is not; the copy would not fit, or
/// reach over a page in use), damaged (page_unreadable, a page's overflow).
[[nodiscard]] Result<EditPlan> copy_page(const PageSource& source, const PageCopy& copy);

/// Elements from an index on, counted from 0.
struct ElementRange {
    std::uint64_t from = 0;               ///< the first that goes
    std::optional<std::uint64_t> to = {}; ///< one past the last that goes; nullopt: all
};

/// Takes all elements out of a branch or leaf. What is left is an empty leaf:
/// an empty branch makes bbolt crash. Errors: as clear_page_elements.
[[nodiscard]] Result<EditPlan> clear_page(const PageSource& source, PageId page);

/// Takes elements out of a branch or leaf. Errors: invalid_argument (a meta; no
/// page of the database; not a branch or leaf; the range is empty or leaves the
/// page), damaged (the elements that are kept do not lie in the page).
[[nodiscard]] Result<EditPlan> clear_page_elements(const PageSource& source, PageId page,
                                                   const ElementRange& range);

/// Takes the freelist out of both metas: bbolt then finds the free pages when
/// it opens the file for writing. Invalid metas stay as they are. Errors:
/// invalid_argument (no valid meta).
[[nodiscard]] Result<EditPlan> abandon_freelist(const PageSource& source);

/// Writes a freelist of all pages that the current tree does not lead to, on
/// pages that are free, and a meta for it in place of the older one. Errors:
/// invalid_argument (the freelist is there and right), damaged (the tree: what
/// it does not lead to may be in use).
[[nodiscard]] Result<EditPlan> rebuild_freelist(const PageSource& source);

/// Errors: damaged (page_cycle), if the change would make a page lead back to
/// itself that did not: bbolt never ends on such a file.
Result<void> must_not_lead_back(const EditEffect& effect);

/// What is to stand in a meta; nullopt: as it is.
struct MetaChange {
    std::uint32_t meta_page = 0; ///< 0 or 1
    std::optional<std::uint64_t> page_size_bytes = {};
    std::optional<std::uint64_t> root = {};
    std::optional<std::uint64_t> freelist = {}; ///< all ones: none stored
    std::optional<std::uint64_t> high_water_mark = {};
};

/// Writes fields of a meta; magic, version and checksum are corrected too.
/// Errors: invalid_argument (a value that cannot be: saying what could).
[[nodiscard]] Result<EditPlan> update_meta(const PageSource& source, const MetaChange& change);

/// One meta page, judged.
struct MetaJudgement {
    PageId page;
    bool is_valid;   ///< bbolt would use it
    bool is_current; ///< bbolt does
    format::MetaFields fields;
    std::vector<std::string> complaints; ///< also what bbolt does not look at
};

/// Both metas; fewer if the file ends before. Cost: O(1).
[[nodiscard]] std::vector<MetaJudgement> validate_metas(const PageSource& source);

} // namespace rebolt::surgery
