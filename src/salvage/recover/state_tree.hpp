// StateTree: what the sound pages of one state lead to, without keeping any of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "salvage/recover/state.hpp"
#include "salvage/recover/survey.hpp"

namespace rebolt::salvage {

/// A branch or leaf that is sound and carries its own number.
[[nodiscard]] bool is_sound_at_home(const Survey& pages, PageId page);
/// Goes down the first children. nullopt if a page on the way is not sound.
[[nodiscard]] std::optional<PageId> first_leaf(const Survey& pages, PageId page);
/// A sound page that may be the root of all buckets: there is nothing but
/// buckets in its first leaf.
[[nodiscard]] bool is_root_like(const Survey& pages, PageId page);
/// A root of nothing but buckets, an empty one, or a page that is damaged: what it
/// was nobody knows.
[[nodiscard]] bool may_be_root(const Survey& pages, PageId page);
/// The first leaves of two roots have mostly the same names: a bucket of buckets has
/// others than the root.
[[nodiscard]] bool have_same_names(const Survey& pages, PageId left, PageId right);
/// Every page that the state's tree leads to is sound. Cost: O(its pages).
[[nodiscard]] bool is_whole(Survey& pages, const State& state);

/// The element under a key in one state, as far as sound pages lead there.
[[nodiscard]] std::optional<format::LeafElement> look_up(const Survey& pages, const State& state,
                                                         std::span<const std::string> bucket,
                                                         std::string_view key);

/// Calls visit(leaf page) for each sound leaf that a sound tree leads to, once,
/// and visit_hole(page) for what cannot be entered. Returns how many those are.
std::uint64_t for_each_leaf(Survey& pages, PageId root, const std::function<void(PageId)>& visit,
                            const std::function<void(PageId)>& visit_hole = nullptr);

} // namespace rebolt::salvage
