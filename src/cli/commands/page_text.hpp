// A page in human readable form: the body of `rebolt page`.
#pragma once

#include <optional>
#include <vector>

#include "report/document.hpp"

#include "cli/key_format.hpp"
#include "cli/page_content.hpp"

namespace rebolt::cli {

/// A page with all that is known of it. Views the file.
struct ShownPage {
    PageId id;
    format::PageView page;
    std::vector<PageItem> items;
    std::vector<PageFault> faults; ///< none for a page that is free or behind the high water mark
    std::optional<bool> in_use;    ///< nullopt: not known
};

void print_page_text(const ShownPage& shown, KeyFormat value_format);
[[nodiscard]] rebolt::report::Document page_json(const ShownPage& shown, KeyFormat value_format);

} // namespace rebolt::cli
