// The kinds of damage, each a function from a sound file to a damaged one; the
// table that names them is in damage.cpp.
#pragma once

#include "damage.hpp"

namespace rebolt::test {

using Inflicted = std::optional<Harmed>;

[[nodiscard]] Inflicted harm_nothing(SoundFile file, Random& random);

[[nodiscard]] Inflicted zero_freelist(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_freelist(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_free_ids(SoundFile file, Random& random);
[[nodiscard]] Inflicted retype_freelist(SoundFile file, Random& random);
/// Lists pages that are in use as free.
[[nodiscard]] Inflicted free_live_pages(SoundFile file, Random& random);

[[nodiscard]] Inflicted zero_newer_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted unseal_newer_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_newer_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted tear_newer_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_older_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted unseal_older_meta(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_both_metas(SoundFile file, Random& random);
[[nodiscard]] Inflicted unseal_both_metas(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_both_metas(SoundFile file, Random& random);

[[nodiscard]] Inflicted zero_leaf(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_leaf(SoundFile file, Random& random);
[[nodiscard]] Inflicted replace_leaf(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_leaf_count(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_leaf_flags(SoundFile file, Random& random);
[[nodiscard]] Inflicted tear_leaf(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_leaf_header(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_leaves(SoundFile file, Random& random);
[[nodiscard]] Inflicted tear_leaves(SoundFile file, Random& random);
/// A write that never came: an older page stands there, and fits.
[[nodiscard]] Inflicted lose_leaf_write(SoundFile file, Random& random);
/// Torn so that only values have changed, or keys to others that fit.
[[nodiscard]] Inflicted tear_values(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_overflow(SoundFile file, Random& random);
/// Bytes inside keys and values.
[[nodiscard]] Inflicted flip_bytes(SoundFile file, Random& random);

[[nodiscard]] Inflicted zero_branch(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_branch(SoundFile file, Random& random);
[[nodiscard]] Inflicted lead_branch_to_itself(SoundFile file, Random& random);
[[nodiscard]] Inflicted lead_branch_above(SoundFile file, Random& random);
[[nodiscard]] Inflicted lead_branch_to_free_page(SoundFile file, Random& random);
[[nodiscard]] Inflicted share_child(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_separator(SoundFile file, Random& random);
[[nodiscard]] Inflicted change_branch_count(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_branches(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_branches(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_branches_and_metas(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_freelist_metas_and_branches(SoundFile file, Random& random);

[[nodiscard]] Inflicted zero_root(SoundFile file, Random& random);
[[nodiscard]] Inflicted zero_root_and_branches(SoundFile file, Random& random);
[[nodiscard]] Inflicted garble_root(SoundFile file, Random& random);

[[nodiscard]] Inflicted swap_leaves(SoundFile file, Random& random);
[[nodiscard]] Inflicted cut_tail(SoundFile file, Random& random);

} // namespace rebolt::test
