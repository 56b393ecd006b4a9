#include "engine/search.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/cycle_message.hpp"
#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/page_content.hpp"

namespace rebolt::engine {
namespace {

Result<void> push(const TransactionState& state, Search& search, PageId page,
                  const BucketName* name) {
    const auto fail = [&](FindingCode code, std::string message) {
        std::vector<PageId> path(search.way().begin(), search.way().end());
        path.push_back(page);
        return damage(state, code, page, 0, std::move(message), path, name);
    };
    for (std::size_t i = 0; i < search.depth; ++i)
        if (search.path[i] == page)
            return fail(FindingCode::page_cycle,
                        cycle_message(search.path[search.depth - 1], page));
    if (search.depth == search.path.size())
        return fail(FindingCode::tree_too_deep, fmt::format("{} levels of pages", search.depth));
    const bool may_enter = search.depth == 0 || may_lead_to(search.page(), page);
    if (!may_enter || !enter(state, page, search.leaf)) {
        const format::Fault fault = why_not(state, page);
        return fail(fault.code, to_text(fault));
    }
    search.path[search.depth++] = page;
    return {};
}

// Reads what a search of a short leaf will read, before its header tells: one wait
// for memory instead of two.
void read_ahead(const TransactionState& state, PageId page, const ShortLeaf& like) {
    if (number(page) >= state.page_end)
        return;
    const std::uint64_t at = number(page) * state.page_size + like.last_key_offset;
    if (at < state.file.size())
        read_byte(state.file.data() + at);
}

ShortLeaf shape_of(const Search& search) {
    if (search.leaf.count == 0 || search.leaf.count > short_leaf_count_max)
        return {};
    const std::uint64_t offset = format::LeafView::offset_of(search.leaf.count - 1U);
    const auto last = load<format::LeafElementHeader>(search.leaf.bytes + offset);
    return {.depth = static_cast<std::uint32_t>(search.depth),
            .last_key_offset = static_cast<std::uint32_t>(offset) + last.pos};
}

// Down to the leaf where `key` belongs.
Result<void> descend(const TransactionState& state, Search& search, const Tree& tree,
                     std::string_view key) {
    const ShortLeaf expected = state.short_leaf.load(std::memory_order_relaxed);
    for (PageId page = tree.root;;) {
        const bool may_be_short = search.depth + 1 == expected.depth;
        if (may_be_short && state.changes == nullptr) // a writer copies all of it anyway
            read_ahead(state, page, expected);
        if (auto entered = push(state, search, page, tree.name); !entered)
            return entered;
        if (!may_be_short && !is_dirty(page))
            prefetch_for_search(search.leaf.bytes);
        if (const auto fault = judge_for_reading(state, page, search.leaf)) [[unlikely]]
            return damage(state, state.is_sound(search.leaf.view()) ? *fault : unreadable(), page,
                          search.way(), tree.name);
        if (search.leaf.is_leaf) {
            const ShortLeaf shape = shape_of(search);
            if (shape.depth != expected.depth)
                state.short_leaf.store(shape, std::memory_order_relaxed);
            return {};
        }
        const auto index = child_index(search.leaf, key);
        if (!index)
            return damage(state, index.error(), page, search.way(), tree.name);
        search.index[search.depth - 1] = *index;
        page = PageId{load<format::BranchElementHeader>(search.leaf.bytes +
                                                        format::BranchView::offset_of(*index))
                          .child};
    }
}

Error not_read(const TransactionState& state, const Search& search, const BucketName* name) {
    return damage(state, unreadable(), search.page(), search.way(), name);
}

// False if bytes of the pages on the way, or of the element, were not there.
bool is_readable(const TransactionState& state, const Search& search,
                 const format::LeafElement& element) {
    const Bytes bytes{as_bytes(element.key).data(), element.key.size() + element.value.size()};
    if (search.leaf.size_bytes > 4096 && !state.touch(bytes))
        return false;
    if (!state.has_new_faults()) [[likely]]
        return true;
    for (const PageId page : search.way())
        if (!is_dirty(page) &&
            state.mapping->faulted(number(page) * state.page_size, state.page_size))
            return false;
    return state.touch(bytes);
}

} // namespace

Result<void> find_place(const TransactionState& state, const Tree& tree, std::string_view key,
                        Search& search) {
    if (!state.open.load(std::memory_order_relaxed)) [[unlikely]]
        return transaction_closed(state);
    if (number(tree.root) != 0) {
        if (auto found = descend(state, search, tree, key); !found) [[unlikely]]
            return found;
    } else if (const auto fault = enter_inline(tree.inline_page, state.page_size, search.leaf)) {
        return inline_damage(state, *fault, tree.name);
    }
    const auto index = lower_bound(search.leaf, key, search.exact);
    if (!index) [[unlikely]]
        return damage(state, index.error(), search.page(), search.way(), tree.name);
    search.index[search.depth == 0 ? 0 : search.depth - 1] = *index;
    return {};
}

Result<std::optional<format::LeafElement>> find(const TransactionState& state, const Tree& tree,
                                                std::string_view key) {
    Search search;
    if (auto found = find_place(state, tree, key, search); !found) [[unlikely]]
        return std::move(found).error();
    if (!search.exact) {
        if (state.has_new_faults() && !is_readable(state, search, {"", "", 0}))
            return not_read(state, search, tree.name);
        return std::optional<format::LeafElement>{};
    }
    const std::uint32_t index = search.index[search.depth == 0 ? 0 : search.depth - 1];
    // Judged, yet looked at again: another program may write into the mapped file.
    const auto element = format::LeafView::of(search.leaf.view())->element(index);
    if (!element) [[unlikely]]
        return damage(state, element.error(), search.page(), search.way(), tree.name);
    if (!is_readable(state, search, *element)) [[unlikely]]
        return not_read(state, search, tree.name);
    return std::optional<format::LeafElement>(*element);
}

} // namespace rebolt::engine
