// What is said of pages that lead around in a circle, by all that walk them.
#pragma once

#include <string>

#include <rebolt/id.hpp>

namespace rebolt {

/// `page 2 points to itself`, or that page `from` leads to one on the way down to it.
[[nodiscard]] std::string cycle_message(PageId from, PageId to);

} // namespace rebolt
