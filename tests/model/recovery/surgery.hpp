// What bbolt and its surgery commands save of a damaged file: the column beside
// ours in docs/recovery.md.
#pragma once

#include "recovered.hpp"
#include "score.hpp"

namespace rebolt::test {

/// Tries what `bbolt surgery` offers for a file that does not open or read:
/// nothing, abandoning the freelist, going back to the other meta; reads all
/// that the real bbolt reads then, and returns the best of the three. Each try
/// may take 4 GB of address space and 20 s.
[[nodiscard]] Recall best_of_surgery(const ShapeFile& shape, const Harmed& harmed);

} // namespace rebolt::test
