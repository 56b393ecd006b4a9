// One page taken apart for showing: what is sound, and what is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/page_source.hpp>
#include <rebolt/schema.hpp>

#include "cli/free_pages.hpp"
#include "report/document.hpp"

namespace rebolt::cli {

/// Something about a page that bbolt would not have written.
struct PageFault {
    FindingCode code;
    std::string text;
};

/// code and message of a fault.
[[nodiscard]] rebolt::report::Document fault_document(const PageFault& fault);

/// An element of a branch or leaf page. Views the file.
struct PageItem {
    std::string_view key;
    std::string_view value;             ///< leaf only
    std::optional<format::Fault> fault; ///< why key and value cannot be shown
    PageId child{};                     ///< branch only
    bool is_bucket = false;
    /// Where it is known whose the file is.
    std::optional<schema::ReadableValue> key_words{};
    std::optional<schema::ReadableValue> value_words{};
};

/// Stands between pages on stdout, as in bbolt.
inline constexpr std::string_view page_separator =
    "===============================================\n";

/// A page's type as bbolt prints it: `leaf`, `unknown<00>`.
[[nodiscard]] std::string type_text(const format::PageHeader& header);

/// Its items: elements, or ids in a freelist (the true count, also beyond 65,534).
[[nodiscard]] std::uint64_t item_count(const format::PageView& page);

/// What is wrong with page `id` as a page of the current transaction: header,
/// count and meta are looked at, elements are not. `meta` is the current one.
[[nodiscard]] std::vector<PageFault> faults_of(const PageSource& source, PageId id,
                                               const format::PageView& page,
                                               const std::optional<format::MetaFields>& meta);

/// Physical pages that follow `id` and belong to it: its overflow, or 0 where
/// the header is not to be believed.
[[nodiscard]] std::uint64_t overflow_of(const format::PageView& page,
                                        const std::vector<PageFault>& faults);

/// The elements of a branch or leaf page; none for other pages, or where
/// `count` elements do not fit. Keys and values that add up to more than the page lie
/// over each other: those beyond it carry a fault. Cost: O(count).
[[nodiscard]] std::vector<PageItem> items_of(const format::PageView& page);

/// The page. Errors: damaged (page_out_of_range if a page that is in use is
/// behind the file's end, page_unreadable); invalid_argument if there is no such page.
[[nodiscard]] Result<format::PageView> existing_page(const PageSource& source, PageId id,
                                                     const std::optional<format::MetaFields>& meta);

} // namespace rebolt::cli
