// Walks one tree of a bolt file for its top-level buckets' keys, whatever its
// bytes. What cannot be read is a hole with its range of keys.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::etcd {

/// Told of each key in order; views are valid as long as the source.
using TreeVisit =
    std::function<void(std::string_view bucket, std::string_view key, std::string_view value)>;

/// Each page is entered once: what leads to one again is a hole. Cost: O(pages).
[[nodiscard]] std::vector<TreeHole> walk_tree(const PageSource& source, PageId root,
                                              const TreeVisit& visit);

/// The elements of every leaf that is sound by itself, whatever leads to it; `page`
/// is its own. Cost: O(file).
void walk_leaves(const PageSource& source,
                 const std::function<void(PageId page, const format::LeafElement&)>& visit);

} // namespace rebolt::etcd
