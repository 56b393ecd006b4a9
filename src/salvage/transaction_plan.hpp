// One write transaction as an EditPlan: made by the engine on a copy, so that in
// place it is the file's own bytes that change, and undo() brings them back.
#pragma once

#include <functional>

#include <rebolt/db.hpp>
#include <rebolt/edit_plan.hpp>

namespace rebolt::salvage {

/// What differs after `change` was committed. Errors: its own; io, damaged.
/// Cost: a copy of the file in a temporary one.
[[nodiscard]] Result<EditPlan> plan_transaction(const PageSource& source,
                                                const std::function<Result<void>(Tx&)>& change);

} // namespace rebolt::salvage
