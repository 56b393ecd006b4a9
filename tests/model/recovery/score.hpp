// How good a recovery was: what came back of what was there to come back
// (recall), and whether all of it was once true (truth).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "damage.hpp"
#include "recovered.hpp"
#include "shape_file.hpp"

namespace rebolt::test {

/// Of items (values and buckets), how many could come back and how many did:
/// under the right bucket, with the live value, whatever their mark.
struct Recall {
    std::uint64_t wanted = 0;
    std::uint64_t back = 0;

    Recall& operator+=(const Recall& other) noexcept;
    [[nodiscard]] double fraction() const noexcept;
};

struct Score {
    /// Items whose leaf is undamaged, and the leaves that name their buckets.
    Recall recall;
    /// Items whose own leaf is undamaged, whatever became of their bucket's name.
    Recall own;
    /// All live items, also those in damaged leaves.
    Recall live;
    /// As `recall`, by bbolt's surgery; not wanted unless it was asked for.
    Recall surgery;
    std::uint64_t items = 0;   ///< in the new file
    std::uint64_t current = 0; ///< of these, said to be of the newest state
    std::uint64_t lies = 0;    ///< of these, what was never there, or not where or when it is said
    std::vector<std::string> lies_told; ///< the first few
    std::vector<std::string> missing;   ///< the first few

    Score& operator+=(const Score& other);
};

[[nodiscard]] Score score(const ShapeFile& shape, const Harmed& harmed, const Recovered& recovered);

/// Recall alone, of (bucket, key, value) triples got by other means.
[[nodiscard]] Recall recall_of(const ShapeFile& shape, const Harmed& harmed,
                               const ToldItems& items);

} // namespace rebolt::test
