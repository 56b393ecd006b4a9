#include "engine/elements.hpp"

#include <optional>

namespace rebolt::engine {
namespace {

using format::Fault;
using format::LeafView;

// What is wrong with an element that is in bounds, seen from the key before it.
std::optional<FindingCode> fault_of_key(std::string_view key, std::string_view before) {
    if (key.empty())
        return FindingCode::key_empty;
    if (key.size() > format::key_bytes_max)
        return FindingCode::key_too_large;
    if (!is_less(before, key))
        return FindingCode::key_order;
    return std::nullopt;
}

} // namespace

format::Checked<Item> item_of(const Node& page, std::size_t index) noexcept {
    if (page.is_leaf) {
        const auto element = LeafView::of(page.view())->element(index);
        if (!element)
            return std::unexpected(element.error());
        return Item{element->key, element->value, element->flags, 0};
    }
    const auto element = format::BranchView::of(page.view())->element(index);
    if (!element)
        return std::unexpected(element.error());
    return Item{element->key, {}, 0, number(element->child)};
}

format::Checked<std::uint64_t> judge_elements(const Node& page, std::uint64_t page_end) noexcept {
    std::string_view before;
    std::uint64_t end = LeafView::offset_of(page.count);
    for (std::size_t i = 0; i < page.count; ++i) {
        const format::Checked<Item> item = item_of(page, i);
        if (!item)
            return std::unexpected(item.error());
        const auto fault = [&](FindingCode code, std::uint64_t actual, std::uint64_t expected,
                               const char* what) {
            return std::unexpected(Fault{code, LeafView::offset_of(i), actual, expected, what});
        };
        if (!page.is_leaf && (item->child < 2 || item->child >= page_end))
            return fault(FindingCode::page_out_of_range, item->child, page_end - 1,
                         "the child's page id");
        if (const auto code = fault_of_key(item->key, before))
            return fault(*code, item->key.size(), 0, "the size of a key that is not in order");
        before = item->key;
        const auto begin = static_cast<std::uint64_t>(as_bytes(item->key).data() - page.bytes);
        if (begin != end)
            return fault(FindingCode::layout_not_canonical, begin, end, "the key's start");
        end += item->key.size() + item->value.size();
    }
    return end;
}

} // namespace rebolt::engine
