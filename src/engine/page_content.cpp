#include "engine/page_content.hpp"

namespace rebolt::engine {
namespace {

using format::Fault;

std::optional<Fault> judge(const Node& page, const format::PagePlace& place) {
    format::LeafCount count;
    if (page.is_leaf ? format::leaf_is_sound(page.view(), place, count)
                     : format::branch_is_sound(page.view(), place)) [[likely]]
        return std::nullopt;
    const auto judged = page.is_leaf ? format::judge_leaf(page.view(), place)
                                     : format::judge_branch(page.view(), place);
    return judged->fault;
}

} // namespace

std::optional<Fault> judge_for_reading(const TransactionState& state, PageId id, const Node& page) {
    if (is_dirty(id) || state.judged.has(number(id))) [[likely]]
        return std::nullopt;
    auto fault = judge(
        page,
        {.range = {}, .page_size_bytes = state.page_size, .is_root = true, .is_inline = false});
    if (!fault)
        state.judged.add(number(id), state.page_end);
    return fault;
}

std::optional<Fault> enter_inline(Bytes image, std::uint32_t page_size, Node& node) {
    node = {image.data(), image.size(), load<format::PageHeader>(image.data()).count, true};
    return judge(node,
                 {.range = {}, .page_size_bytes = page_size, .is_root = true, .is_inline = true});
}

std::optional<Fault> judge_children(const Node& branch, std::uint64_t page_end) {
    const format::SoundBranch elements(branch.view());
    for (std::size_t i = 0; i < branch.count; ++i)
        if (const std::uint64_t child = number(elements[i].child); child < 2 || child >= page_end)
            return Fault{.code = FindingCode::page_out_of_range,
                         .offset = format::BranchView::offset_of(i),
                         .subject = format::Subject::tree_page,
                         .actual = child,
                         .relation = format::Relation::less,
                         .bound = page_end,
                         .element = static_cast<std::uint32_t>(i)};
    return std::nullopt;
}

std::optional<Fault> judge_for_writing(const TransactionState& state, PageId id, const Node& page) {
    if (auto fault = judge_for_reading(state, id, page))
        return fault;
    return page.is_leaf ? std::nullopt : judge_children(page, state.page_end);
}

} // namespace rebolt::engine
