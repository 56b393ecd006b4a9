// What a record remembers of one run of the guard.
#pragma once

#include <rebolt/guard_history.hpp>

#include "guard/guard_record.hpp"

namespace rebolt::guard {

/// True for what must not be forgotten: damage, and what was done about it.
[[nodiscard]] bool is_event(const GuardReport& report) noexcept;
/// The event of a report, which happened at `time`.
[[nodiscard]] GuardEvent event_of(const GuardReport& report, std::string time);
/// Adds it to the history, which keeps the newest thousand.
void remember(GuardRecord& record, GuardEvent event);

} // namespace rebolt::guard
