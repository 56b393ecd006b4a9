// What disks, power cuts and bad programs do to a file, by kind and seed, and
// which of its live keys they leave undamaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "live_tree.hpp"
#include "support/random.hpp"

namespace rebolt::test {

/// What is promised of a kind of damage.
enum class HarmClass : std::uint8_t {
    nothing,   ///< no damage: all of it comes back, as current
    outside,   ///< freelist and metas: no live key is damaged
    newest,    ///< the newest meta is gone, and with it what says which state is the newest
    leaves,    ///< leaf pages
    a_branch,  ///< any one branch page
    branches,  ///< every branch page, or these and both metas
    root,      ///< the page that names the top-level buckets
    bare,      ///< that page and every branch page: no page tells whose a leaf was
    scattered, ///< pages that are elsewhere or no longer there
    unseen,    ///< what nothing in the file's structure can tell: no promise of truth
};

/// `nothing`, `outside`, …
[[nodiscard]] std::string_view name_of(HarmClass promise) noexcept;

/// A file that was damaged.
struct Harmed {
    std::vector<std::byte> bytes;
    std::string text; ///< what was done, in words
    /// Pages that stand elsewhere now, whole: from, to.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> moved;
};

struct SoundFile {
    std::span<const std::byte> bytes;
    const LiveTree& tree;
};

struct Harm {
    const char* name; ///< `leaf-zeroed`
    HarmClass promise;
    /// nullopt if the file has no place for it.
    std::optional<Harmed> (*inflict)(SoundFile file, Random& random);
};

[[nodiscard]] std::span<const Harm> all_harms() noexcept;

/// By index of LiveTree::pages: the page's bytes, with overflow pages, are
/// unchanged, where they were or where they were moved to.
[[nodiscard]] std::vector<bool> intact_pages(SoundFile file, const Harmed& harmed);

} // namespace rebolt::test
