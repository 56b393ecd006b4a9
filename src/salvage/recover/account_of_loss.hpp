// What could not be given back: the report's ranges, and how sure their sums are.
#pragma once

#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/fill_holes.hpp"

namespace rebolt::salvage {

/// Fills in ranges, estimates and the outcome. `holes` is null if none had to be
/// filled.
void report_loss(const Context& context, const EntryWriter& entries, const FillHoles* holes,
                 RecoverReport& report);

} // namespace rebolt::salvage
