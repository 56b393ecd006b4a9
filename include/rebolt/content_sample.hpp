// Samples of what a file holds, to tell whose it is (see owner_rules.hpp).
#pragma once

#include <span>

#include <rebolt/id.hpp>
#include <rebolt/owner_rules.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt {

/// A sample of the newest tree in which there is anything; where neither meta
/// leads to a root with buckets, of leaves from all over the file, not placed.
/// Believes nothing: damage only makes the sample smaller. Cost: some hundred
/// pages and at most 1 MiB, however large the file is.
[[nodiscard]] ContentSample sample_content(const PageSource& source);

/// The same of the trees below these pages, taken together as the root bucket.
[[nodiscard]] ContentSample sample_content(const PageSource& source, std::span<const PageId> roots);

/// Who wrote the file, by `rules`; `unknown` for rules that are switched off.
[[nodiscard]] Owner owner_of(const PageSource& source, const OwnerRules& rules);

} // namespace rebolt
