// Whether a damaged meta is of a transaction newer than the other meta's.
//
// A power cut leaves no damaged meta behind. bbolt syncs a transaction's pages
// before it writes its meta, and a meta lies in one sector of the disk, which a
// power cut leaves as it was or as it should be. So a meta that names the next
// transaction, though its checksum is wrong, was damaged after it was written:
// its transaction was committed, and somebody may rely on it.
#pragma once

#include <cstdint>
#include <optional>

#include <rebolt/format.hpp>

namespace rebolt::format {

/// A meta that cannot be used, but shows a transaction newer than the one taken.
struct NewerMeta {
    MetaFields fields; ///< as it was written, as far as it can be told
    /// One damaged field was put right, and the checksum fits: it was written so.
    /// Else its transaction can be believed only if its trees are whole.
    bool is_proven = false;
};

/// What the damaged meta says of the transaction after `taken`; nullopt: nothing.
/// Each field whose right value is known is tried, against the checksum. Cost: O(1).
[[nodiscard]] std::optional<NewerMeta> newer_than(const MetaFields& taken,
                                                  const MetaFields& damaged) noexcept;

enum class MetaAge : std::uint8_t {
    newer,   ///< it names the next transaction
    older,   ///< it names the one before
    unknown, ///< what it names says nothing
};

/// By what the damaged meta names. Cost: O(1).
[[nodiscard]] MetaAge age_of(const MetaFields& damaged, const MetaFields& taken) noexcept;

} // namespace rebolt::format
