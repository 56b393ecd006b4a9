// What the verbs of surgery ask about a page before they touch it.
#pragma once

#include <rebolt/page_source.hpp>
#include <rebolt/surgery.hpp>

#include "salvage/state_edit.hpp"

namespace rebolt::salvage {

/// An error that names the file.
[[nodiscard]] Error refused(const PageSource& source, std::string why);

/// The pages of the database that are in the file.
[[nodiscard]] std::uint64_t page_end(const PageSource& source, const MetaPair& metas) noexcept;

/// A page with its overflow, all of it in the database and readable. Errors:
/// invalid_argument (no page of the database), damaged (its overflow leaves it;
/// page_unreadable).
[[nodiscard]] Result<format::PageView> whole_page(const PageSource& source, const MetaPair& metas,
                                                  PageId id);

} // namespace rebolt::salvage
