// Age: which of two states is newer, by what is in them.
#pragma once

#include <rebolt/value_age.hpp>

#include "salvage/recover/states.hpp"

namespace rebolt::salvage {

/// order > 0: `left` is newer; 0: nothing tells. By the sequences of buckets,
/// the ages of values as their owner writes them, and pages behind the other's end.
struct AgeOrder {
    int order = 0;
    bool is_sure = false;
};
[[nodiscard]] AgeOrder compare_age(Context& context, const State& left, const State& right);
/// How new the newest value in a leaf is, as its owner writes it; 0: not known.
[[nodiscard]] ValueAge age_of_leaf(const Context& context, PageId page);
/// The same for a state: by its first leaf, if that tells, since buckets of an
/// old root may lead to newer pages; else by all its leaves.
[[nodiscard]] ValueAge newest_age(Context& context, const State& state);

} // namespace rebolt::salvage
