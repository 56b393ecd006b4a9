// Findings: what a file says wrongly, and where.
//
// A finding has a stable code (kebab-case text, documented in
// docs/findings.md), a severity, a place and a message with the actual and the
// expected value. Codes, texts and severities come from one table
// (src/base/finding.cpp); a test walks the enum so that none can be missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/id.hpp>

namespace rebolt {

enum class Severity : std::uint8_t {
    note,  ///< worth knowing; nothing is wrong with the newest data
    space, ///< pages are lost to use; harmless
    data,  ///< data is unreachable or wrong, though bbolt may not notice
    fatal, ///< bbolt would refuse, crash, hang or run out of memory
};

enum class FindingCode : std::uint8_t {
    file_empty,
    file_truncated,
    file_oversized,
    not_a_bolt_file,
    foreign_byte_order,
    meta_magic,
    meta_version,
    meta_checksum,
    meta_page_size,
    meta_without_checksum,
    both_metas_invalid,
    meta_root_out_of_range,
    meta_freelist_out_of_range,
    meta_hwm_beyond_file,
    page_unreadable,
    page_zeroed,
    page_id_mismatch,
    page_type_invalid,
    page_out_of_range,
    page_overflow_out_of_range,
    page_cycle,
    page_shared,
    page_reachable_but_free,
    page_leaked,
    pages_unreachable,
    tree_too_deep,
    branch_empty,
    element_out_of_page,
    element_overlap,
    key_empty,
    key_too_large,
    key_order,
    key_outside_parent_range,
    plain_key_among_buckets,
    bucket_value_malformed,
    bucket_root_out_of_range,
    inline_bucket_malformed,
    freelist_type,
    freelist_count,
    freelist_out_of_range,
    freelist_duplicate,
    freelist_unsorted,
    freelist_incomplete,
    layout_not_canonical,
    value_malformed,
    value_form_unknown,
};

inline constexpr std::size_t finding_code_count =
    static_cast<std::size_t>(FindingCode::value_form_unknown) + 1;

/// The texts that belong to a code. All are string literals.
struct FindingText {
    std::string_view name;        ///< kebab-case, stable: `page-cycle`
    Severity severity;            ///< what it usually means for the file
    std::string_view summary;     ///< what is wrong, one clause
    std::string_view consequence; ///< what bbolt would suffer from it
    std::string_view remedy;      ///< what to do about it
};

/// The table's row for `code`. Never fails. Cost: O(1).
[[nodiscard]] const FindingText& text_of(FindingCode code) noexcept;

/// Its kebab-case name: `page-cycle`.
[[nodiscard]] inline std::string_view name_of(FindingCode code) noexcept {
    return text_of(code).name;
}

/// The code with this kebab-case name, if there is one.
[[nodiscard]] std::optional<FindingCode> finding_code(std::string_view name) noexcept;

/// `note`, `space`, `data` or `fatal`.
[[nodiscard]] std::string_view name_of(Severity severity) noexcept;

/// Where a finding is. Whatever does not apply is empty.
struct Place {
    std::optional<PageId> page;
    std::optional<std::uint64_t> offset; ///< bytes from the start of the file
    std::vector<std::string> bucket;     ///< names from the top-level bucket down
    std::vector<PageId> path;            ///< pages from the root down to `page`
};

/// One damage with its place.
struct Finding {
    FindingCode code;
    Severity severity;
    Place place;
    std::string message; ///< the actual and the expected value
    /// The transaction whose tree shows it, where a tree does.
    std::optional<TxId> transaction;
    /// How many more symptoms of the same cause were met and not listed.
    std::uint64_t repeated = 0;
};

/// `page 2 (offset 8192), path 21 > 18 > 2, bucket libnetwork`: only the
/// parts that apply. Bytes that cannot be printed are shown as `\xNN`.
[[nodiscard]] std::string to_text(const Place& place);

/// Bytes as one line of printable text: others as `\xNN`, backslash as `\\`.
[[nodiscard]] std::string printable(std::string_view bytes);

} // namespace rebolt
