// Attribution: which bucket a page belongs to that nothing in the newest state leads
// to.
#pragma once

#include <optional>
#include <vector>

#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

/// Before the newest tree is walked: whose the pages are that are in use and that it
/// does not lead to (not marked Survey::entered), by the state before: by its tree,
/// and by what is the same in its pages. Fills Context::orphans_of.
/// Cost: O(pages + elements of the pages in doubt). Errors: cancelled.
Result<void> attribute_orphans(Context& context);

/// A leaf that names a bucket by a page that is free, or that is another bucket's in the
/// state before: it is old. `bucket`: that the leaf is of; no_bucket: not known.
[[nodiscard]] bool names_others(Context& context, BucketId bucket, PageId leaf);

/// Where root and state before are lost: names top-level buckets by old roots, which
/// are free now. One that led to an orphan, or to an older version of it, tells its
/// name. Sets homes. Cost: O(pages + old roots × orphans of theirs).
void name_by_old_roots(Context& context);

/// Of each page whether a leaf names it as a bucket's: such a page is not the root of
/// all. Cost: O(pages + elements of leaves with buckets).
[[nodiscard]] std::vector<bool> named_as_bucket(const Survey& pages);

/// Where only the root is lost: if all top-level buckets but one are known by
/// Context::in_flight, and one name is left, it is its. Not proven:
/// Context::named_by_rest. Cost: O(pages).
void name_the_rest(Context& context);

/// Whether leaves of one bucket begin inside leaves of another. Then a key does not
/// prove where a page belongs. Cost: O(pages log pages).
[[nodiscard]] bool do_buckets_share_keys(const Survey& pages);

/// Spreads what is known: a branch belongs where its children do, and a child
/// where its branch does, if the key that leads to it is its first. Old branches
/// count too. Cost: O(branches × depth).
void spread_homes(Context& context);

/// The bucket that the owner's rules name for a sound leaf, if they name one and
/// the same for every value in it, or for every bucket; nullopt also for a branch.
/// Of buckets: the one bucket of such a place that has a hole, if none above has.
[[nodiscard]] std::optional<BucketId> home_by_owner(Context& context, PageId leaf);

/// Learns from one value of each leaf which buckets hold values by their owner's
/// rules (Context::of_values). Cost: O(pages).
void note_value_buckets(Context& context);

/// The one bucket that has pages, beside the root of all; no_bucket if there are
/// several, or if some may have been lost.
[[nodiscard]] BucketId only_bucket(const Context& context);

[[nodiscard]] bool holds_buckets(Bytes leaf);

} // namespace rebolt::salvage
