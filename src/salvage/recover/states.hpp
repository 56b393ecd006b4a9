// States: which states of the database the file still shows, and which is the
// newest.
//
// bbolt keeps two: each meta leads to one. A meta that is not valid may still
// tell its root. Where none does, a root is looked for among the pages: one
// that no sound page leads to, and that holds nothing but buckets.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "salvage/recover/tree_keeper.hpp"

namespace rebolt::salvage {

struct State {
    PageId root{};
    std::uint64_t sequence = 0;
    std::optional<TxId> transaction{};
    PageId freelist = no_freelist;
    std::uint64_t page_end = 0; ///< the high water mark, as far as it is known
    bool has_meta = false;      ///< a valid one
};

struct States {
    State newest;
    std::optional<State> other;
    /// Nothing proves which of them is newer: then `rivals` may be the newest too.
    bool order_is_doubtful = false;
    std::vector<State> rivals{};
    /// Off: a root was taken that only looks like one.
    bool is_newest_proven = true;
};

/// Errors: damaged, if no state can be found.
Result<States> find_states(Ground& ground);

/// Marks the pages that a state's freelist lists with Survey::free. False, and
/// nothing marked, unless that freelist is there and right. Cost: O(ids).
bool mark_free_pages(Survey& pages, const State& state);

/// The element under a key in one state, as far as sound pages lead there.
[[nodiscard]] std::optional<format::LeafElement> look_up(const Survey& pages, const State& state,
                                                         std::span<const std::string> bucket,
                                                         std::string_view key);

/// Calls visit(leaf page) for each sound leaf that a sound tree leads to, once,
/// and visit_hole(page) for what cannot be entered. Returns how many those are.
std::uint64_t for_each_leaf(Survey& pages, PageId root, const std::function<void(PageId)>& visit,
                            const std::function<void(PageId)>& visit_hole = nullptr);

} // namespace rebolt::salvage
