// What repair and surgery share: the pages in use, a new freelist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/page_source.hpp>

#include "salvage/meta_pair.hpp"
#include "salvage/page_edit.hpp"

namespace rebolt::salvage {

/// A bit a page below `page_end`: the metas, and what the tree of `root` leads
/// to, as far as its pages can be followed. Cost: O(pages).
[[nodiscard]] std::vector<bool> used_pages(const PageSource& source, PageId root,
                                           std::uint64_t page_end);

/// Where a new freelist was put.
struct FreelistPlace {
    std::uint64_t first;
    std::uint64_t page_count;
    std::uint64_t listed; ///< ids in it
};

/// Writes a freelist of all pages not in `used` to free pages, other than `avoid`
/// if possible, or after the last page; names it in `fields`.
FreelistPlace put_freelist(PageEdit& edit, std::vector<bool> used, PageId avoid,
                           format::MetaFields& fields);

/// The fields with the transaction number that makes a meta on `slot` newer
/// than one of transaction `newest`.
[[nodiscard]] format::MetaFields newer_than(format::MetaFields fields, std::uint64_t newest,
                                            std::size_t slot) noexcept;

/// A page's header; it is in the file.
[[nodiscard]] format::PageHeader header_of(const PageSource& source, std::uint64_t page) noexcept;

/// `page 7`, `pages 7 to 9`.
[[nodiscard]] std::string pages_text(std::uint64_t first, std::uint64_t count);

} // namespace rebolt::salvage
