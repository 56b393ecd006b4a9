// copy-page: a page, with its overflow, over another.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/surgery/page_of_tree.hpp"

namespace rebolt::surgery {
namespace {

using salvage::MetaPair;
using salvage::refused;

// The first page after `to` that the copy would overwrite although it belongs not
// to the page at `to` but to a tree.
std::optional<std::uint64_t> stranger_in_use(const PageSource& source, const MetaPair& metas,
                                             std::uint64_t to, std::uint64_t count) {
    const std::uint64_t own = std::uint64_t{salvage::header_of(source, to).overflow} + 1;
    for (std::size_t meta = 0; meta < 2; ++meta) {
        if (!metas.is_valid[meta])
            continue;
        const auto used = salvage::used_pages(source, PageId{metas.fields[meta]->root},
                                              salvage::page_end(source, metas));
        const bool is_run = to < used.size() && used[to];
        for (std::uint64_t page = to + (is_run ? std::min(own, count) : 1); page < to + count;
             ++page)
            if (page < used.size() && used[page])
                return page;
    }
    return std::nullopt;
}

Result<void> judge(const PageSource& source, const MetaPair& metas, const PageCopy& copy,
                   std::uint64_t count) {
    const std::uint64_t from = number(copy.from);
    const std::uint64_t to = number(copy.to);
    if ((from < 2) != (to < 2))
        return refused(source, "a meta page can be copied over the other meta page only");
    const std::uint64_t end = salvage::page_end(source, metas);
    if (to >= end || count > end - to)
        return refused(source, fmt::format("{} cannot hold the copy: the database has pages 0 "
                                           "to {}",
                                           salvage::pages_text(to, count), end == 0 ? 0 : end - 1));
    if (std::max(from, to) < std::min(from, to) + count)
        return refused(source, fmt::format("page {} with its overflow of {} pages and page {} lie "
                                           "over each other",
                                           from, count - 1, to));
    if (const auto page = stranger_in_use(source, metas, to, count); page && to >= 2)
        return refused(source, fmt::format("the copy takes {}, and page {} of them is in use",
                                           salvage::pages_text(to, count), *page));
    return {};
}

} // namespace

Result<EditPlan> copy_page(const PageSource& source, const PageCopy& copy) {
    if (copy.from == copy.to)
        return refused(source,
                       fmt::format("page {} is both source and destination", number(copy.from)));
    const MetaPair metas = salvage::read_metas(source);
    const format::PageView page = TRY(salvage::whole_page(source, metas, copy.from));
    const std::uint64_t count = page.bytes().size() / source.page_size_bytes();
    TRY(judge(source, metas, copy, count));
    if (number(copy.from) < 2 && !metas.is_valid[number(copy.from)])
        return refused(source, fmt::format("meta {} is not valid: a copy would not be either",
                                           number(copy.from)));
    const format::PageHeader old = salvage::header_of(source, number(copy.to));
    std::vector<std::byte> bytes(page.bytes().begin(), page.bytes().end());
    const std::uint64_t id = number(copy.to);
    std::memcpy(bytes.data(), &id, sizeof id);
    salvage::PageEdit edit(source);
    edit.put(copy.to, bytes);
    EditPlan plan = edit.plan(PageId{number(copy.to) < 2 ? number(copy.to) : 0});
    plan.title = fmt::format("copy page {} to page {}", number(copy.from), id);
    plan.steps.push_back(fmt::format(
        "write {} ({}, {} elements) over {}", salvage::pages_text(number(copy.from), count),
        name_of(page.type()), page.header().count, salvage::pages_text(id, count)));
    plan.costs.push_back(fmt::format("what page {} holds now is gone: {}, {} elements, {} overflow "
                                     "pages",
                                     id, name_of(old.type()), old.count, old.overflow));
    return plan;
}

} // namespace rebolt::surgery
