// Writes that never reached the disk: of the last commit of a real history, or
// of the last two. What stands there instead is what stood there before.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damage.hpp"
#include "shape_file.hpp"

namespace rebolt::test {

/// One commit, and what the two before it left.
struct Commit {
    std::span<const std::byte> before_that;
    std::span<const std::byte> before;
    std::span<const std::byte> after;
    const LiveTree& tree;        ///< of `after`
    const LiveTree& tree_before; ///< of `before`
};

struct LostWrite {
    const char* name; ///< `root`, `branch`, …
    /// The pages that the commit wrote hold sound old data in places where nothing
    /// can tell that it is old: no promise of truth.
    bool is_unseen;
    std::optional<Harmed> (*inflict)(const Commit& commit, Random& random);
};

[[nodiscard]] std::span<const LostWrite> all_lost_writes() noexcept;

} // namespace rebolt::test
