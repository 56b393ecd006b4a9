#include "salvage/state_edit.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/freelist.hpp"
#include "salvage/page_image.hpp"

namespace rebolt::salvage {
namespace {

using format::MetaFields;

// The first run of `count` pages that are not in use, below used.size().
std::optional<std::uint64_t> find_run(const std::vector<bool>& used, std::uint64_t count) {
    std::uint64_t run = 0;
    for (std::uint64_t page = 2; page < used.size(); ++page) {
        run = used[page] ? 0 : run + 1;
        if (run == count)
            return page + 1 - count;
    }
    return std::nullopt;
}

void add_children(const format::PageView& page, std::vector<PageId>& to) {
    const auto elements = elements_of(page.bytes());
    if (!elements)
        return;
    for (const PageElement& element : *elements) {
        if (page.type() == format::PageType::branch)
            to.push_back(element.child);
        else if (const auto root = element.bucket_root())
            to.push_back(*root);
    }
}

} // namespace

std::vector<bool> used_pages(const PageSource& source, PageId root, std::uint64_t page_end) {
    std::vector<bool> used(std::min(page_end, source.page_count()));
    for (std::uint64_t meta = 0; meta < std::min<std::uint64_t>(2, used.size()); ++meta)
        used[meta] = true;
    std::vector<PageId> to_visit{root};
    while (!to_visit.empty()) {
        const PageId id = to_visit.back();
        to_visit.pop_back();
        if (number(id) >= used.size() || used[number(id)])
            continue;
        const auto page = source.page(id);
        if (!page)
            continue;
        const std::uint64_t run = page->bytes().size() / source.page_size_bytes();
        const std::uint64_t end = std::min<std::uint64_t>(number(id) + run, used.size());
        std::fill(used.begin() + static_cast<std::ptrdiff_t>(number(id)),
                  used.begin() + static_cast<std::ptrdiff_t>(end), true);
        add_children(*page, to_visit);
    }
    return used;
}

FreelistPlace put_freelist(PageEdit& edit, std::vector<bool> used, PageId avoid,
                           MetaFields& fields) {
    const std::uint32_t page_size = edit.source().page_size_bytes();
    const auto free = static_cast<std::uint64_t>(std::ranges::count(used, false));
    // As many as without the run's own pages: never too few.
    const std::uint64_t count = (engine::freelist_bytes(free) + page_size - 1) / page_size;
    std::vector<bool> preferred = used;
    if (number(avoid) < preferred.size())
        preferred[number(avoid)] = true;
    std::optional<std::uint64_t> first = find_run(preferred, count);
    if (!first)
        first = find_run(used, count);
    const engine::PageRun run{first.value_or(used.size()), count};
    fields.high_water_mark = used.size();
    if (!first) {
        fields.high_water_mark += count;
        edit.grow_to(fields.high_water_mark);
    }
    engine::FreePages pages;
    for (std::uint64_t page = 2; page < used.size(); ++page)
        if (!used[page] && (page < run.first || page >= run.first + run.count))
            pages.add(page);
    std::vector<std::byte> image(count * page_size);
    engine::write_freelist(image.data(), run, pages);
    edit.put(PageId{run.first}, image);
    fields.freelist = run.first;
    return {.first = run.first, .page_count = count, .listed = pages.free_count()};
}

MetaFields newer_than(MetaFields fields, std::uint64_t newest, std::size_t slot) noexcept {
    fields.txid = newest + 1;
    if (fields.txid % 2 != slot)
        ++fields.txid;
    return fields;
}

format::PageHeader header_of(const PageSource& source, std::uint64_t page) noexcept {
    return load<format::PageHeader>(source.file().data() + page * source.page_size_bytes());
}

std::string pages_text(std::uint64_t first, std::uint64_t count) {
    return count == 1 ? fmt::format("page {}", first)
                      : fmt::format("pages {} to {}", first, first + count - 1);
}

} // namespace rebolt::salvage
