#include "engine/node.hpp"

#include <algorithm>

#include "engine/changes.hpp"

namespace rebolt::engine {
namespace {

constexpr std::size_t cache_line_bytes = 64;

constexpr std::size_t elements_fetched = 31; // so many lie in the smallest page, with its header
constexpr std::size_t keys_fetched = 30;
// What bbolt fills of a page of 4096 bytes by default, and a little more.
constexpr std::size_t half_page_bytes = 2304;

struct KeySpan {
    std::uint64_t begin;
    std::uint64_t end;
};

template <bool leaf>
KeySpan key_span(const Node& node, std::size_t index) noexcept {
    const std::uint64_t offset = format::LeafView::offset_of(index);
    if constexpr (leaf) {
        const auto raw = load<format::LeafElementHeader>(node.bytes + offset);
        return {offset + raw.pos, offset + raw.pos + raw.key_bytes};
    } else {
        const auto raw = load<format::BranchElementHeader>(node.bytes + offset);
        return {offset + raw.pos, offset + raw.pos + raw.key_bytes};
    }
}

// The first element for which key(element) < `key` (or <=, with `or_equal`)
// does not hold.
template <bool leaf>
format::Checked<std::uint32_t> partition_point(const Node& node, std::string_view key,
                                               bool or_equal, bool& exact) noexcept {
    std::uint32_t low = 0;
    std::uint32_t high = node.count;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        const KeySpan span = key_span<leaf>(node, middle);
        if (span.end > node.size_bytes) [[unlikely]]
            return std::unexpected(format::Fault{FindingCode::element_out_of_page,
                                                 format::LeafView::offset_of(middle), span.end,
                                                 node.size_bytes, "the end of the element's key"});
        const int order =
            as_text(node.view().subspan(span.begin, span.end - span.begin)).compare(key);
        exact |= order == 0;
        if (order < 0 || (or_equal && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

} // namespace

void prefetch_elements(const std::byte* page, std::size_t count) noexcept {
    const std::size_t elements = count <= short_leaf_count_max ? count : elements_fetched;
    for (std::size_t at = 0; at < format::LeafView::offset_of(elements); at += cache_line_bytes)
        __builtin_prefetch(page + at);
}

void prefetch_for_search(const std::byte* page) noexcept {
    for (std::size_t at = 0; at < half_page_bytes; at += cache_line_bytes)
        __builtin_prefetch(page + at);
}

void prefetch_keys(const std::byte* page, std::uint64_t bytes) noexcept {
    const auto header = load<format::PageHeader>(page);
    if (header.flags != format::leaf_flag)
        return;
    for (std::size_t i = 0; i < std::min<std::size_t>(header.count, keys_fetched); ++i) {
        const std::size_t offset = format::LeafView::offset_of(i);
        const auto raw = load<format::LeafElementHeader>(page + offset);
        const std::uint64_t key_end = offset + raw.pos + raw.key_bytes;
        if (key_end < bytes)
            __builtin_prefetch(page + key_end);
    }
}

bool enter_draft(const Snapshot& snapshot, PageId id, Node& node) noexcept {
    if (snapshot.changes == nullptr || !snapshot.changes->drafts.has(id))
        return false;
    node = snapshot.changes->drafts.at(id).node();
    return true;
}

bool enter_inline(Bytes image, Node& node) noexcept {
    const auto header = load<format::PageHeader>(image.data());
    node = {image.data(), image.size(), header.count, true};
    return header.flags == format::leaf_flag &&
           format::LeafView::offset_of(header.count) <= image.size();
}

format::Fault why_not(const Snapshot& snapshot, PageId id) noexcept {
    const std::uint64_t index = number(id);
    if (index < 2)
        return {FindingCode::page_out_of_range, 0, index, 2, "the start of the tree's pages"};
    if (index >= snapshot.page_end)
        return {index < snapshot.meta.high_water_mark ? FindingCode::file_truncated
                                                      : FindingCode::page_out_of_range,
                0, index, snapshot.page_end - 1, "the page's id"};
    const std::uint64_t offset = index * snapshot.page_size;
    const auto header = load<format::PageHeader>(snapshot.file.data() + offset);
    if (snapshot.mapping->faulted(offset, snapshot.page_size))
        return {FindingCode::page_unreadable, 0, 0, snapshot.page_size, "readable bytes"};
    if (format::all_zero(snapshot.file.subspan(offset, snapshot.page_size)))
        return {FindingCode::page_zeroed, 0, 0, 1, "the start of content"};
    if (header.id != index)
        return {FindingCode::page_id_mismatch, 0, header.id, index, "the page's own number"};
    if (header.type() != format::PageType::leaf && header.type() != format::PageType::branch)
        return {FindingCode::page_type_invalid, 8, header.flags, 2, "flags"};
    if (header.overflow >= snapshot.page_end - index)
        return {FindingCode::page_overflow_out_of_range, 12, header.overflow,
                snapshot.page_end - index - 1, "overflow"};
    if (header.count == 0)
        return {FindingCode::branch_empty, 10, 0, 1, "the start of elements: count"};
    return {FindingCode::element_out_of_page, 10, format::LeafView::offset_of(header.count),
            (std::uint64_t{header.overflow} + 1) * snapshot.page_size, "the end of the elements"};
}

format::Checked<std::uint32_t> lower_bound(const Node& leaf, std::string_view key,
                                           bool& exact) noexcept {
    exact = false;
    return partition_point<true>(leaf, key, false, exact);
}

format::Checked<std::uint32_t> child_index(const Node& branch, std::string_view key) noexcept {
    bool exact = false;
    const auto after = partition_point<false>(branch, key, true, exact);
    if (!after)
        return after;
    return *after == 0 ? 0 : *after - 1;
}

} // namespace rebolt::engine
