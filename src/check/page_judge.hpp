// Judges the content of one branch or leaf page.
//
// `leaf_is_sound` and `branch_is_sound` are the fast path, one pass with no
// text; only a page that fails is looked at again to say what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rebolt/bytes.hpp>
#include <rebolt/finding.hpp>
#include <rebolt/format.hpp>

namespace rebolt::check_walk {

/// The keys that the parent allows: lower ≤ key < upper. Absent: no bound.
struct KeyRange {
    std::optional<std::string_view> lower;
    std::optional<std::string_view> upper;
};

/// What one page's content shows wrong: the first in order of gravity, and how
/// many more symptoms there were.
struct Symptom {
    FindingCode code;
    std::uint64_t offset; ///< bytes into the page
    std::string message;
    std::uint64_t more = 0;
};

/// Where a page stands, as far as its content must fit it.
struct PageContext {
    KeyRange range;
    std::uint32_t page_size_bytes;
    bool is_root;   ///< only a root may be an empty leaf
    bool is_inline; ///< the page image inside a bucket's value
};

/// What the fast pass counted.
struct LeafCount {
    std::uint32_t keys = 0;
    std::uint32_t buckets = 0;
};

/// True if nothing is wrong; then `count` is filled in.
[[nodiscard]] bool leaf_is_sound(Bytes page, const PageContext& context, LeafCount& count) noexcept;
[[nodiscard]] bool branch_is_sound(Bytes page, const PageContext& context) noexcept;

/// What is wrong with a leaf that is not sound.
[[nodiscard]] std::optional<Symptom> judge_leaf(Bytes page, const PageContext& context);
[[nodiscard]] std::optional<Symptom> judge_branch(Bytes page, const PageContext& context);

} // namespace rebolt::check_walk
