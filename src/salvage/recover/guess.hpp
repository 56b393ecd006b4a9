// guess: states that no meta leads to.
#pragma once

#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

/// A sound page that may be the root of all buckets: there is nothing but
/// buckets in its first leaf.
[[nodiscard]] bool is_root_like(const Survey& pages, PageId page);
/// Every page that the state's tree leads to is sound. Cost: O(its pages).
[[nodiscard]] bool is_whole(Survey& pages, const State& state);

/// Another state beside a known one, whole if there is one.
[[nodiscard]] std::optional<State> guess_beside(Ground& ground, const State& known);
/// Both states, when no meta can be used. Errors: damaged.
[[nodiscard]] Result<States> guess_both(Ground& ground);

/// order > 0: `left` is newer; 0: nothing tells. By the sequences of buckets,
/// the ages of values as their owner writes them, and pages behind the other's end.
struct AgeOrder {
    int order = 0;
    bool is_sure = false;
};
[[nodiscard]] AgeOrder compare_age(Ground& ground, const State& left, const State& right);
/// How new the newest value in a leaf is, as its owner writes it; 0: not known.
[[nodiscard]] ValueAge age_of_leaf(const Ground& ground, PageId page);
/// Finds the freelist that belongs to a state without a meta: one that lists
/// none of its pages. Returns how many pages are neither the tree's nor in it;
/// nullopt, and nothing set, if no list is proven to be the state's.
std::optional<std::uint64_t> choose_freelist(Ground& ground, State& state);

} // namespace rebolt::salvage
