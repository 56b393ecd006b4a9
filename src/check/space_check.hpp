// Accounts for every page below the high water mark.
#pragma once

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// Counts what each page is to the primary tree; the sum of all kinds is the
/// whole. Pages that are nothing are one page-leaked finding, but only if the
/// tree was walked whole and the high water mark lies in the file: else damage
/// may have cut them off. Without a stored
/// freelist they are free. Cost: O(pages).
[[nodiscard]] PageCounts account_for_pages(CheckContext& context, const Tree& primary);

} // namespace rebolt::check_walk
