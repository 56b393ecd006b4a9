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

#include "salvage/recover/state_tree.hpp"
#include "salvage/recover/tree_keeper.hpp"

namespace rebolt::salvage {

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

} // namespace rebolt::salvage
