// Damage that hits what is in use, and so dictates what must be said of it. The
// Mutator breaks anything anywhere; this breaks one thing, and knows what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/finding.hpp>

#include "support/random.hpp"

namespace rebolt::test {

enum class Damage : std::uint8_t {
    child_leads_to_itself,
    child_leads_above,
    child_is_shared,
    child_is_free,
    child_is_meta,
    child_is_out_of_range,
    bucket_leads_above,
    bucket_root_is_shared,
    bucket_root_is_out_of_range,
    inline_bucket_type,
    inline_bucket_count,
    page_is_zeroed,
    page_has_other_id,
    page_has_no_type,
    branch_is_empty,
    count_leaves_page,
    overflow_leaves_database,
    freelist_lists_page_twice,
    freelist_lists_page_in_use,
    freelist_lists_page_out_of_range,
    freelist_is_unsorted,
    freelist_count_leaves_page,
    freelist_has_other_type,
    file_is_truncated,
    doubling_ladder, ///< 40 branches, each leading twice to the next: 2^40 ways
};

inline constexpr std::size_t damage_count = static_cast<std::size_t>(Damage::doubling_ladder) + 1;

/// `child-leads-to-itself`, …
[[nodiscard]] std::string_view name_of(Damage damage) noexcept;

/// A file with one damage, and what any judge must say.
struct DamagedFile {
    std::vector<std::byte> bytes;
    std::string text; ///< what was done, in words
    /// One of these must be found; none: that it is damaged is enough.
    std::vector<FindingCode> codes;
    std::optional<PageId> page; ///< at this page, if one is named
    bool stops_reading = false; ///< whoever reads all of it must meet an error
};

/// Damages a sound file at a place chosen by `random`; nullopt if the file has
/// no place for this damage.
[[nodiscard]] std::optional<DamagedFile> inflict(Damage damage,
                                                 const std::vector<std::byte>& sound_file,
                                                 std::uint32_t page_size, Random& random);

} // namespace rebolt::test
