// The newest tree of a sound file, page by page and item by item: for damage
// that knows what it hits, and for telling what it left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <rebolt/bytes.hpp>
#include <rebolt/format.hpp>

#include "states.hpp"

namespace rebolt::test {

inline constexpr std::size_t no_index = static_cast<std::size_t>(-1);

/// A page with its overflow pages.
struct LivePage {
    std::uint64_t id;
    std::uint64_t pages; ///< with overflow
    bool is_leaf;
    std::size_t parent;  ///< index of the branch above; no_index: root of a bucket
    std::size_t element; ///< which of the branch's
    std::size_t bucket;  ///< index
    std::string_view first_key;
    std::string_view last_key;
};

/// A key with its value, or a bucket.
struct LiveItem {
    std::size_t bucket; ///< index of the one it is in
    std::size_t leaf;   ///< index of the page that its bytes are in
    std::string_view key;
    States::Wanted value;
};

struct LiveBucket {
    BucketNames path;
    std::size_t parent; ///< index; no_index: the root bucket
    std::size_t header; ///< index of the leaf that names it; no_index: the meta does
};

struct LiveTree {
    std::uint32_t page_size;
    std::uint64_t meta; ///< the newest: 0 or 1
    format::MetaFields fields;
    std::vector<std::uint64_t> free; ///< as the freelist has them; empty if none is stored
    std::vector<LivePage> pages;     ///< the database's root first
    std::vector<LiveBucket> buckets; ///< the root bucket first
    std::vector<LiveItem> items;
};

/// `file` must be sound, and must live as long as what is returned.
[[nodiscard]] LiveTree read_live_tree(Bytes file, std::uint32_t page_size);

} // namespace rebolt::test
