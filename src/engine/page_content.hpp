// The content of a page that enter() accepted, judged by the grammar of pages
// before it is used.
//
// The engine lets one thing pass that the grammar does not: a leaf below the root
// without elements. Nothing can be misread in it, and bbolt's cursors pass it too.
#pragma once

#include <cstdint>
#include <optional>

#include <rebolt/page_grammar.hpp>

#include "engine/node.hpp"

namespace rebolt::engine {

/// An element's content. In a branch `child` counts, in a leaf value and flags.
struct Item {
    std::string_view key;
    std::string_view value;
    std::uint32_t flags = 0;
    std::uint64_t child = 0;
};

/// What is wrong with the page for a reader: its content, judged once in a
/// transaction. Changed pages are always sound. Cost: O(elements and their keys)
/// at first, then O(1).
[[nodiscard]] std::optional<format::Fault> judge_for_reading(const TransactionState& state,
                                                             PageId id, const Node& page);
/// Enters an inline bucket's page image. Returns what is wrong with it.
[[nodiscard]] std::optional<format::Fault> enter_inline(Bytes image, std::uint32_t page_size,
                                                        Node& node);
/// A child whose id lies outside the database, in a sound branch.
[[nodiscard]] std::optional<format::Fault> judge_children(const Node& branch,
                                                          std::uint64_t page_end);
/// What is wrong with it for a writer, who relies on its children too: their ids
/// must lie in the database.
[[nodiscard]] std::optional<format::Fault> judge_for_writing(const TransactionState& state,
                                                             PageId id, const Node& page);

} // namespace rebolt::engine
