// The way from a bucket's root down to the leaf where a key belongs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <rebolt/result.hpp>

#include "engine/node.hpp"
#include "engine/transaction_state.hpp"

namespace rebolt::engine {

/// Pages on the way, the leaf's last; none for an inline bucket.
struct Search {
    std::array<PageId, format::tree_depth_max> path;
    /// In each page, the element taken; in the leaf, the first whose key is
    /// the key sought or greater.
    std::array<std::uint32_t, format::tree_depth_max> index;
    std::size_t depth = 0;
    Node leaf;
    bool exact = false; ///< the leaf's element has the key sought

    [[nodiscard]] std::span<const PageId> way() const noexcept { return {path.data(), depth}; }
    [[nodiscard]] PageId page() const noexcept { return depth == 0 ? PageId{0} : path[depth - 1]; }
};

/// Where a bucket's content is: a root page, or an inline page image.
struct Tree {
    PageId root;
    Bytes inline_page;
    const BucketName* name;
};

/// Looks for `key`. Errors: damaged, transaction_closed.
/// Cost: O(depth × log elements); no allocation.
[[nodiscard]] Result<void> find_place(const TransactionState& state, const Tree& tree,
                                      std::string_view key, Search& search);

/// The element with this key, if it is there, wholly checked.
[[nodiscard]] Result<std::optional<format::LeafElement>>
find(const TransactionState& state, const Tree& tree, std::string_view key);

} // namespace rebolt::engine
