// The elements of a page, as one kind for branches and leaves.
#pragma once

#include <cstdint>
#include <string_view>

#include <rebolt/format.hpp>

#include "engine/node.hpp"

namespace rebolt::engine {

/// An element's content. In a branch `child` counts, in a leaf value and flags.
struct Item {
    std::string_view key;
    std::string_view value;
    std::uint32_t flags = 0;
    std::uint64_t child = 0;
};

/// The element at `index` < count. Fails if it does not lie in its page.
[[nodiscard]] format::Checked<Item> item_of(const Node& page, std::size_t index) noexcept;

/// Judges a page of the file before a writer relies on it: elements in bounds,
/// keys ascending, not empty and not too large, children below `page_end`, and
/// content in order and without gaps, as bbolt always writes it: a page that is
/// not so has lost elements, or gained some. Returns where the content ends.
/// Cost: O(elements and their keys).
[[nodiscard]] format::Checked<std::uint64_t> judge_elements(const Node& page,
                                                            std::uint64_t page_end) noexcept;

} // namespace rebolt::engine
