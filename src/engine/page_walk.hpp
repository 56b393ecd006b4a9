// Walks all pages of a bucket and of the buckets inside it, in no order.
#pragma once

#include <functional>

#include <rebolt/result.hpp>

#include "engine/changes.hpp"
#include "engine/free_pages.hpp"
#include "engine/transaction_state.hpp"

namespace rebolt::engine {

/// Calls visit(run) for each page of the file, with its overflow pages, that
/// the tree of `root` and the buckets in it use; dirty pages are passed, not
/// visited. `live` is the bucket's state in a write transaction: buckets that
/// it opened are walked as they are there; null: as the file says.
/// visit returns an error to stop; it must fail on a page met before, which is
/// what makes a walk over damage end. Errors: damaged, and visit's.
/// Cost: O(pages) time; memory O(depth × elements of a page).
Result<void> walk_pages(const TransactionState& state, PageId root, const OpenBucket* live,
                        const std::function<Result<void>(const PageRun&)>& visit);

} // namespace rebolt::engine
