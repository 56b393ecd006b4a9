// Previous: what the state before the newest tells: whose each of its pages was,
// and which pages the newest commit must have written.
//
// bbolt copies on write: the newest commit wrote only pages that were free in the
// state before, or behind its end. So a page of that state that is in use still is
// what it was, and where it was.
#pragma once

#include <cstdint>

#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

/// Walks `states.other` and its rivals, if a later commit has not begun to write
/// over them: marks Survey::in_previous and Survey::written, and sets homes. If it has,
/// and the newest root is lost, walks what that commit wrote. Errors: cancelled.
Result<void> learn_previous(Context& context);

/// A state's freelist, if it is one by itself.
[[nodiscard]] std::optional<format::FreelistView> freelist_at(const Survey& pages, PageId page);

/// Its tree and its freelist have every page below its end, each once, and nothing
/// of it is damaged. Cost: O(its pages).
[[nodiscard]] bool is_accounted_for(Context& context, const State& state);

/// What speaks for it that the newest tree is what the newest commit wrote.
/// bbolt takes the lowest free page: below the last one that a commit wrote, it has
/// written all that were free.
enum class Written : std::uint8_t { unknown, all, some };
/// After learn_previous; the newest tree's pages are marked Survey::entered.
[[nodiscard]] Written newest_was_written(const Context& context);

} // namespace rebolt::salvage
