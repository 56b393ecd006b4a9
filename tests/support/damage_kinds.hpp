// The kinds of damage of tests/data/damaged, for any sound file: each hits pages
// that are in use, and of them the leaf with a key that is named.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::test {

/// A sound file, and what of it is to be hit.
struct Victim {
    std::vector<std::byte> bytes;
    std::string_view key; ///< the leaf that holds it; empty: the fullest leaf
};

struct DamageKind {
    std::string_view name; ///< `cycle-next`
    /// nullopt if the file has no place for it.
    std::optional<std::vector<std::byte>> (*inflict)(const Victim& victim);
};

/// All of them, in the order of tests/data/damaged.
[[nodiscard]] std::span<const DamageKind> damage_kinds() noexcept;

} // namespace rebolt::test
