// What a sound branch or leaf page is. Said here, once, for everyone who reads
// one: the checker, the engine, recovery.
//
// `leaf_is_sound` and `branch_is_sound` are one fast pass without text. A page
// that passed is read through `SoundLeaf` and `SoundBranch`, which test nothing.
// One that did not is handed to `judge_leaf` or `judge_branch`, which say why.
//
// The grammar, of a page of `count` elements: keys and values follow the array
// of elements in their order and without gaps, as bbolt always writes them; keys
// ascend strictly, have 1 to 32768 bytes and lie in the range that the parent
// gives the page; an element's flags are 0 or 1; `overflow` fits the content;
// only a root may be an empty leaf; an inline bucket's page is a leaf. Children and buckets are
// other pages: whether their ids lead anywhere is for the walker of the tree to ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include <rebolt/format.hpp>

namespace rebolt::format {

/// The keys that the parent allows: lower ≤ key < upper. Absent: no bound.
struct KeyRange {
    std::optional<std::string_view> lower;
    std::optional<std::string_view> upper;
};

/// Where a page stands, as far as its content must fit it.
struct PagePlace {
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

/// True if nothing is wrong; then `count` is filled in. `page` has a header, and
/// its overflow pages. Cost: O(elements and their keys).
[[nodiscard]] bool leaf_is_sound(Bytes page, const PagePlace& place, LeafCount& count) noexcept;
[[nodiscard]] bool branch_is_sound(Bytes page, const PagePlace& place) noexcept;

/// The gravest fault of a page, and how many more it has.
struct Judgement {
    Fault fault;
    std::uint64_t more = 0;
};

/// Why a page is not sound. nullopt exactly if it is.
[[nodiscard]] std::optional<Judgement> judge_leaf(Bytes page, const PagePlace& place);
[[nodiscard]] std::optional<Judgement> judge_branch(Bytes page, const PagePlace& place);

/// The faults of a header that make a page of a tree useless: all zero, another
/// page's number, neither branch nor leaf. `page`: its first page_size bytes.
[[nodiscard]] std::optional<Fault> judge_tree_header(Bytes page, PageId id) noexcept;

/// Of a page that is sound by itself: a key outside the range that its place
/// allows. Cost: O(1).
[[nodiscard]] std::optional<Fault> judge_range(Bytes sound_page, bool is_leaf,
                                               const KeyRange& range) noexcept;
/// Of a page without elements that should have some.
[[nodiscard]] Fault no_elements(FindingCode code) noexcept;

/// The elements of a leaf that leaf_is_sound() accepted, without further tests.
class SoundLeaf {
public:
    explicit SoundLeaf(Bytes page) noexcept : page_(page.data()) {}

    [[nodiscard]] std::uint16_t count() const noexcept { return load<PageHeader>(page_).count; }
    /// index < count().
    [[nodiscard]] LeafElement operator[](std::size_t index) const noexcept {
        const std::byte* at = page_ + LeafView::offset_of(index);
        const auto raw = load<LeafElementHeader>(at);
        const std::byte* key = at + raw.pos;
        return {as_text({key, raw.key_bytes}), as_text({key + raw.key_bytes, raw.value_bytes}),
                raw.flags};
    }

private:
    const std::byte* page_;
};

/// The elements of a branch that branch_is_sound() accepted.
class SoundBranch {
public:
    explicit SoundBranch(Bytes page) noexcept : page_(page.data()) {}

    [[nodiscard]] std::uint16_t count() const noexcept { return load<PageHeader>(page_).count; }
    /// index < count().
    [[nodiscard]] BranchElement operator[](std::size_t index) const noexcept {
        const std::byte* at = page_ + BranchView::offset_of(index);
        const auto raw = load<BranchElementHeader>(at);
        return {as_text({at + raw.pos, raw.key_bytes}), PageId{raw.child}};
    }

private:
    const std::byte* page_;
};

/// Where the content of a sound page ends, in bytes. Cost: O(1).
[[nodiscard]] std::uint64_t content_end(Bytes sound_page, bool is_leaf) noexcept;

} // namespace rebolt::format
