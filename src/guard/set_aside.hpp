// The files that the guard set aside: which of them stay.
#pragma once

#include "guard/guard_record.hpp"
#include "io/set_aside.hpp"

namespace rebolt::guard {

/// Removes the oldest of this kind that `record` names, and forgets them: `kept` stay.
/// Names that are another file's by now are only forgotten.
void drop_oldest(const io::Place& place, std::string_view word, std::size_t kept,
                 GuardRecord& record);

} // namespace rebolt::guard
