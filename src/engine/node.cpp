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
            return std::unexpected(format::fault_at(middle, format::LeafView::offset_of(middle),
                                                    format::Subject::key_end, span.end,
                                                    node.size_bytes));
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

bool enter_dirty(const TransactionState& state, PageId id, Node& node) noexcept {
    if (state.changes == nullptr || !state.changes->dirty_pages.has(id))
        return false;
    node = state.changes->dirty_pages.at(id).node();
    return true;
}

format::Fault why_not(const TransactionState& state, PageId id) noexcept {
    using format::Fault;
    using format::Relation;
    using format::Subject;
    const std::uint64_t index = number(id);
    const std::uint64_t end = state.page_end;
    if (index < 2 || index >= end)
        return {.code = index >= end && index < state.meta.high_water_mark
                            ? FindingCode::file_truncated
                            : FindingCode::page_out_of_range,
                .offset = 0,
                .subject = Subject::tree_page,
                .actual = index,
                .relation = index < 2 ? Relation::at_least : Relation::less,
                .bound = index < 2 ? 2 : end};
    const std::uint64_t offset = index * state.page_size;
    if (state.mapping->faulted(offset, state.page_size))
        return unreadable();
    const Bytes page = state.file.subspan(offset, state.page_size);
    if (const auto fault = format::judge_tree_header(page, id))
        return *fault;
    const auto header = load<format::PageHeader>(page.data());
    if (header.overflow >= end - index)
        return {.code = FindingCode::page_overflow_out_of_range,
                .offset = offsetof(format::PageHeader, overflow),
                .subject = Subject::overflow,
                .actual = header.overflow,
                .relation = Relation::less,
                .bound = end - index};
    if (header.count == 0)
        return format::no_elements(FindingCode::branch_empty);
    return format::elements_fault(header.count,
                                  (std::uint64_t{header.overflow} + 1) * state.page_size);
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
