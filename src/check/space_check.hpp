// Accounts for every page below the high water mark.
#pragma once

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// Whether a page with this byte in the map is neither in use nor free.
[[nodiscard]] constexpr bool is_leaked(std::uint8_t cell) noexcept {
    return (cell & PageMap::role_bits) == 0 && (cell & PageMap::free) == 0;
}

/// Counts what each page is to the primary tree; the sum of all kinds is the
/// whole. Pages that are nothing are one finding, but only if the tree was walked
/// whole and the high water mark lies in the file (else damage may have cut them
/// off): pages-unreachable where they hold what the tree has not, else
/// page-leaked. Without a stored freelist they are free. `previous`: the other
/// meta's tree, or null. Cost: O(pages).
[[nodiscard]] PageCounts account_for_pages(CheckContext& context, const Tree& primary,
                                           const Tree* previous, TreeReport& report);

/// The same of the other meta's tree, which need only be told where it is not
/// whole: as a note. Cost: O(pages).
void account_for_previous(CheckContext& context, const Tree& previous, TreeReport& report);

} // namespace rebolt::check_walk
