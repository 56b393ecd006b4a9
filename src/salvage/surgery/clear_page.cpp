// clear-page, clear-page-elements: elements out of a branch or leaf.
#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/page_image.hpp"
#include "salvage/surgery/page_of_tree.hpp"

namespace rebolt::surgery {
namespace {

using format::PageType;
using salvage::PageElement;
using salvage::refused;

struct Clearing {
    PageId page;
    PageType type;
    std::uint64_t count; ///< elements that stand there
    std::uint64_t from;
    std::uint64_t to;
};

std::string shown(std::string_view key) {
    constexpr std::size_t shown_bytes = 64;
    return "`" + printable(key.substr(0, shown_bytes)) + (key.size() > shown_bytes ? "…`" : "`");
}

// What goes, in words. The elements that go may be damaged: then only their count.
std::vector<std::string> costs_of(const Clearing& clearing,
                                  const std::optional<std::vector<PageElement>>& elements) {
    const std::uint64_t count = clearing.to - clearing.from;
    if (!elements)
        return {fmt::format("{} elements go; they are damaged, and cannot be shown", count)};
    const auto gone = std::span(*elements).subspan(clearing.from, count);
    const std::string range =
        fmt::format("from {} to {}", shown(gone.front().key), shown(gone.back().key));
    if (clearing.type == PageType::branch)
        return {fmt::format("{} child pages and all below them can no longer be reached: keys {}",
                            count,
                            count == 1 ? fmt::format("from {} on", shown(gone[0].key)) : range),
                "their pages are neither in use nor free until the freelist is abandoned or "
                "rebuilt"};
    const auto buckets = static_cast<std::uint64_t>(
        std::ranges::count_if(gone, [](const PageElement& e) { return e.flags != 0; }));
    const std::uint64_t keys = count - buckets;
    std::string what = fmt::format("{} key{}", keys, keys == 1 ? "" : "s");
    if (buckets != 0)
        what += fmt::format(" and {} with all in {}",
                            buckets == 1 ? "1 bucket" : fmt::format("{} buckets", buckets),
                            buckets == 1 ? "it" : "them");
    std::vector<std::string> costs{
        fmt::format("{} {}, {}", what, count == 1 && keys == 1 ? "goes" : "go", range)};
    if (std::ranges::any_of(gone, [](const PageElement& e) { return e.bucket_root().has_value(); }))
        costs.emplace_back("the pages of these buckets are neither in use nor free until the "
                           "freelist is abandoned or rebuilt");
    return costs;
}

Result<Clearing> judge(const PageSource& source, PageId id, const format::PageHeader& header,
                       const ElementRange& range) {
    if (header.type() != PageType::leaf && header.type() != PageType::branch)
        return refused(source, fmt::format("page {} is no branch or leaf: its type is {}",
                                           number(id), name_of(header.type())));
    const std::uint64_t to = range.to.value_or(header.count);
    if (header.count != 0 && (range.from >= header.count || to > header.count || to <= range.from))
        return refused(source,
                       fmt::format("elements {} to {} (the last not included) are no range of page "
                                   "{}, which has {}",
                                   range.from, to, number(id), header.count));
    return Clearing{
        .page = id, .type = header.type(), .count = header.count, .from = range.from, .to = to};
}

// The elements that stay: those that go need not lie in the page.
Result<std::vector<PageElement>> kept(const PageSource& source, const Clearing& clearing,
                                      Bytes page) {
    std::vector<PageElement> elements;
    for (std::uint64_t i = 0; i < clearing.count; ++i) {
        if (i >= clearing.from && i < clearing.to)
            continue;
        std::optional<format::Fault> fault;
        if (clearing.type == PageType::leaf) {
            const auto element = format::LeafView::of(page)->element(i);
            if (element)
                elements.push_back(
                    {.key = element->key, .value = element->value, .flags = element->flags});
            else
                fault = element.error();
        } else {
            const auto element = format::BranchView::of(page)->element(i);
            if (element)
                elements.push_back({.key = element->key, .child = element->child});
            else
                fault = element.error();
        }
        if (fault)
            return refused(source, fmt::format("element {} would stay, and is damaged: {}", i,
                                               to_text(*fault)));
    }
    return elements;
}

} // namespace

Result<EditPlan> clear_page(const PageSource& source, PageId page) {
    return clear_page_elements(source, page, {});
}

Result<EditPlan> clear_page_elements(const PageSource& source, PageId page,
                                     const ElementRange& range) {
    if (number(page) < 2)
        return refused(source,
                       fmt::format("page {} is a meta page; it has no elements", number(page)));
    const salvage::MetaPair metas = salvage::read_metas(source);
    const format::PageView view = TRY(salvage::whole_page(source, metas, page));
    const Clearing clearing = TRY(judge(source, page, view.header(), range));
    const bool fits =
        format::page_header_bytes + clearing.count * format::element_bytes <= view.bytes().size();
    const bool clears_all = clearing.from == 0 && clearing.to == clearing.count;
    if (!fits && !clears_all)
        return refused(source, fmt::format("{} elements do not fit page {}: only all of them can "
                                           "be cleared",
                                           clearing.count, number(page)));
    const auto left =
        clears_all ? std::vector<PageElement>{} : TRY(kept(source, clearing, view.bytes()));
    const PageType type = left.empty() ? PageType::leaf : clearing.type;
    const auto image = salvage::page_image(page, type, left, source.page_size_bytes());
    if (image.size() > view.bytes().size())
        return refused(source, fmt::format("the elements of page {} lie over each other: only all "
                                           "of them can be cleared",
                                           number(page)));
    salvage::PageEdit edit(source);
    if (clearing.count != 0)
        edit.put(page, image);
    EditPlan plan = edit.plan(PageId{0});
    plan.title =
        fmt::format("clear elements {} to {} of page {}", clearing.from, clearing.to, number(page));
    plan.steps.push_back(fmt::format("page {}, a {} of {} elements: {} stay{}", number(page),
                                     name_of(clearing.type), clearing.count, left.size(),
                                     type != clearing.type ? "; it becomes an empty leaf, as an "
                                                             "empty branch makes bbolt crash"
                                                           : ""));
    if (clearing.count != 0)
        plan.costs = costs_of(clearing, salvage::elements_of(view.bytes()));
    const std::uint64_t pages = view.bytes().size() / source.page_size_bytes();
    const std::uint64_t taken = image.size() / source.page_size_bytes();
    if (taken < pages)
        plan.costs.push_back(fmt::format("its overflow on {} is neither in use nor free until the "
                                         "freelist is abandoned or rebuilt",
                                         salvage::pages_text(number(page) + taken, pages - taken)));
    return plan;
}

} // namespace rebolt::surgery
