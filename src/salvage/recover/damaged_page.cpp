#include "salvage/recover/damaged_page.hpp"

#include <optional>

#include <rebolt/page_grammar.hpp>

namespace rebolt::salvage {

using format::BranchView;
using format::PageHeader;
using format::PageType;

bool in_range(Bytes page, const KeyRange& range) noexcept {
    return count_of(page) == 0 || ((!range.lower || first_key(page) >= *range.lower) &&
                                   (!range.upper || last_key(page) < *range.upper));
}

FindingCode what_is_wrong(const Survey& pages, PageId page) {
    const std::uint32_t page_size = pages.source().page_size_bytes();
    const std::uint64_t offset = number(page) * page_size;
    const Bytes first = pages.source().file().subspan(offset, page_size);
    if (!pages.source().readable(offset, page_size))
        return FindingCode::page_unreadable;
    if (format::all_zero(first))
        return FindingCode::page_zeroed;
    const auto header = load<PageHeader>(first.data());
    if (header.id != number(page))
        return FindingCode::page_id_mismatch;
    const format::PagePlace place{
        .range = {}, .page_size_bytes = page_size, .is_root = true, .is_inline = false};
    std::optional<format::Judgement> judged;
    if (header.type() == PageType::leaf)
        judged = format::judge_leaf(pages.bytes(page), place);
    else if (header.type() == PageType::branch)
        judged = format::judge_branch(pages.bytes(page), place);
    else
        return FindingCode::page_type_invalid;
    return judged ? judged->fault.code : FindingCode::page_shared; // its overflow is another's
}

std::vector<Step> proven_children(const Survey& pages, const Step& step) {
    std::vector<Step> children;
    const Bytes bytes = pages.bytes(step.page);
    const std::size_t room = (bytes.size() - format::page_header_bytes) / format::element_bytes;
    for (std::size_t i = 0; i < room; ++i) {
        const auto raw = load<format::BranchElementHeader>(bytes.data() + BranchView::offset_of(i));
        const std::uint64_t begin = BranchView::offset_of(i) + std::uint64_t{raw.pos};
        if (raw.key_bytes == 0 || raw.key_bytes > format::key_bytes_max ||
            begin + raw.key_bytes > bytes.size() || raw.child < 2 ||
            raw.child >= pages.page_count())
            continue;
        const PageId child{raw.child};
        const std::string_view key = as_text(bytes.subspan(begin, raw.key_bytes));
        if (pages.is_displaced(child) || !(pages.is_leaf(child) || pages.is_branch(child)) ||
            count_of(pages.bytes(child)) == 0 || first_key(pages.bytes(child)) != key ||
            !in_range(pages.bytes(child), step.range) || pages.has(child, Survey::free))
            continue;
        children.push_back({child, step.range, static_cast<std::uint16_t>(step.level + 1)});
    }
    return children;
}

} // namespace rebolt::salvage
