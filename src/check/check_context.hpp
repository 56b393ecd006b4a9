// What the parts of a check share, and how they make findings.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/page_source.hpp>

#include "check/finding_log.hpp"
#include "check/page_map.hpp"

namespace rebolt::check_walk {

/// One meta's tree, as it is to be walked.
struct Tree {
    MetaReport meta;
    /// The first tree to be walked: its pages get roles and are accounted for.
    /// The other's findings are notes, unless nothing is whole.
    bool primary;
};

/// Whether values in a bucket with this path are judged at all: no known owner
/// nests deeper or names longer, and the work must not follow the content.
[[nodiscard]] bool may_be_judged(std::span<const std::string> bucket) noexcept;

/// The state of one check. Lives while check() runs.
struct CheckContext {
    const PageSource& source;
    const CheckOptions& options;
    PageMap map;
    FindingLog log;
    Owner owner = Owner::unknown; ///< whose rules hold for the values
    std::atomic<std::uint64_t> pages_entered{0};
    /// Pages that the file ought to have and has not were asked for.
    bool missing_pages_needed = false;
    /// Parts of the primary tree could not be walked: what they hold is cut off.
    bool primary_has_holes = false;
    /// The other tree is walked whole, also where the primary one has its pages.
    bool walks_previous_whole = false;
    /// The primary freelist was read whole, or there is none.
    bool primary_freelist_known = false;

    [[nodiscard]] bool validates() const noexcept {
        return owner != Owner::unknown && options.owners.validate;
    }
    [[nodiscard]] std::optional<ValueFault> validate(std::span<const std::string> bucket,
                                                     std::string_view key,
                                                     std::string_view value) const {
        return options.owners.validate(owner, bucket, key, value);
    }
    [[nodiscard]] std::uint64_t offset_of(PageId id) const noexcept {
        return number(id) * source.page_size_bytes();
    }
    /// A finding at a page, with the severity of its code.
    [[nodiscard]] Finding finding_at(FindingCode code, PageId page, std::uint64_t offset_in_page,
                                     std::string message) const;
};

} // namespace rebolt::check_walk
