// Entering a page of a tree, and searching in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <rebolt/format.hpp>

#include "engine/transaction_state.hpp"

namespace rebolt::engine {

/// A page that a write transaction changed is dirty: it is in memory. Until the
/// commit assigns it a page id, it has one with the highest bit set, which no page
/// of a file has: clean and dirty pages are read by the same code. An id in the
/// file that looks like a dirty page's is damage.
inline constexpr std::uint64_t dirty_bit = std::uint64_t{1} << 63;

[[nodiscard]] constexpr bool is_dirty(PageId id) noexcept {
    return (number(id) & dirty_bit) != 0;
}

/// A branch or leaf page that enter() accepted, or an inline bucket's image.
/// Its header is sound; what it holds is judged by page_content.hpp.
struct Node {
    const std::byte* bytes = nullptr;
    std::uint64_t size_bytes = 0;
    std::uint16_t count = 0;
    bool is_leaf = false;

    [[nodiscard]] Bytes view() const noexcept { return {bytes, size_bytes}; }
};

/// Enters a dirty page of the transaction.
[[nodiscard]] bool enter_dirty(const TransactionState& state, PageId id, Node& node) noexcept;
/// False if a page of the file names a dirty page: only dirty pages can.
[[nodiscard]] constexpr bool may_lead_to(PageId parent, PageId child) noexcept {
    return !is_dirty(child) || is_dirty(parent);
}

/// Enters page `id`. False if anything about the page is not as it must be.
[[nodiscard]] inline bool enter(const TransactionState& state, PageId id, Node& node) noexcept {
    const std::uint64_t index = number(id);
    if (index < 2 || index >= state.page_end) [[unlikely]]
        return enter_dirty(state, id, node);
    const std::byte* at = state.file.data() + index * state.page_size;
    const auto header = load<format::PageHeader>(at);
    if (header.id != index || header.overflow >= state.page_end - index) [[unlikely]]
        return false;
    node.bytes = at;
    node.size_bytes = (std::uint64_t{header.overflow} + 1) * state.page_size;
    node.count = header.count;
    node.is_leaf = header.flags == format::leaf_flag;
    if (!node.is_leaf && (header.flags != format::branch_flag || header.count == 0)) [[unlikely]]
        return false;
    return format::LeafView::offset_of(header.count) <= node.size_bytes;
}

// Asking the memory for what comes next. Judges nothing.

/// A processor may drop a prefetch whose address it has not translated yet: into
/// another system page only a read goes for sure. It may fault, as any read.
inline void read_byte(const std::byte* at) noexcept {
    static_cast<void>(*static_cast<const volatile std::byte*>(at));
}
/// The page's header and its first elements, of which it may have `count`.
void prefetch_elements(const std::byte* page, std::size_t count) noexcept;
/// All that a binary search may touch: one wait for memory instead of one a step.
void prefetch_for_search(const std::byte* page) noexcept;
/// A leaf of so few elements that there is nothing to search in.
inline constexpr std::uint16_t short_leaf_count_max = 4;
/// The keys of a leaf whose elements are there already; `bytes`: from the page
/// to the file's end.
void prefetch_keys(const std::byte* page, std::uint64_t bytes) noexcept;

/// Bytes of the page could not be read.
[[nodiscard]] constexpr format::Fault unreadable() noexcept {
    return {
        .code = FindingCode::page_unreadable, .offset = 0, .subject = format::Subject::page_bytes};
}

/// Why enter() said no.
[[nodiscard]] format::Fault why_not(const TransactionState& state, PageId id) noexcept;

/// The index of the first element whose key is `key` or greater, count if none.
/// Fails on an element that does not lie in its page. Cost: O(log count).
[[nodiscard]] format::Checked<std::uint32_t> lower_bound(const Node& leaf, std::string_view key,
                                                         bool& exact) noexcept;

/// The branch element to descend to for `key`: the last whose key is not
/// greater, or the first (bbolt: Cursor.searchPage).
[[nodiscard]] format::Checked<std::uint32_t> child_index(const Node& branch,
                                                         std::string_view key) noexcept;

} // namespace rebolt::engine
