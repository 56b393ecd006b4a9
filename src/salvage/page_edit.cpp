#include "salvage/page_edit.hpp"

#include <algorithm>
#include <array>

#include "salvage/page_image.hpp"

namespace rebolt::salvage {
namespace {

// Of a page that may end early.
Bytes sector_of(Bytes page, std::uint64_t at) noexcept {
    if (at >= page.size())
        return {};
    return page.subspan(at, std::min<std::size_t>(sector_bytes, page.size() - at));
}

} // namespace

void PageEdit::put(PageId first, Bytes pages) {
    const std::uint32_t page_size = source_.page_size_bytes();
    for (std::uint64_t i = 0; i * page_size < pages.size(); ++i) {
        const Bytes page = pages.subspan(i * page_size, page_size);
        pages_[number(first) + i].assign(page.begin(), page.end());
        grow_to(number(first) + i + 1);
    }
}

void PageEdit::put_meta(PageId page, const format::MetaFields& fields) {
    constexpr std::size_t meta_bytes = format::page_header_bytes + sizeof(format::MetaFields);
    const std::uint32_t page_size = source_.page_size_bytes();
    std::vector<std::byte> bytes = meta_image(page, fields, page_size);
    const Bytes old = old_page(number(page));
    if (old.size() > meta_bytes)
        std::ranges::copy(old.subspan(meta_bytes), bytes.data() + meta_bytes);
    put(page, bytes);
}

void PageEdit::grow_to(std::uint64_t pages) {
    page_count_ = std::max(page_count_, pages);
}

std::vector<std::byte> PageEdit::page(PageId id) const {
    std::vector<std::byte> bytes;
    const auto append = [&](std::uint64_t page) {
        const auto at = pages_.find(page);
        const Bytes from = at != pages_.end() ? Bytes(at->second) : old_page(page);
        bytes.insert(bytes.end(), from.begin(), from.end());
    };
    append(number(id));
    if (bytes.size() < format::page_header_bytes)
        return {};
    const std::uint64_t overflow = load<format::PageHeader>(bytes.data()).overflow;
    const std::uint64_t last = std::min(number(id) + overflow, source_.page_count() - 1);
    for (std::uint64_t page = number(id) + 1; page <= last; ++page)
        append(page);
    return bytes;
}

std::vector<PageId> PageEdit::changed_pages() const {
    std::vector<PageId> changed;
    changed.reserve(pages_.size());
    for (const auto& [page, bytes] : pages_)
        changed.push_back(PageId{page});
    return changed;
}

std::uint64_t PageEdit::file_bytes() const noexcept {
    return std::max(source_.file_bytes(), page_count_ * source_.page_size_bytes());
}

Result<PageSource> PageEdit::preview() const {
    std::vector<Patch> patches;
    patches.reserve(pages_.size());
    for (const auto& [page, bytes] : pages_)
        patches.push_back({page * source_.page_size_bytes(), bytes});
    return source_.with_patches(patches, file_bytes());
}

Bytes PageEdit::old_page(std::uint64_t page) const noexcept {
    const std::uint64_t offset = page * source_.page_size_bytes();
    if (offset >= source_.file_bytes())
        return {};
    return source_.file().subspan(
        offset, std::min<std::uint64_t>(source_.page_size_bytes(), source_.file_bytes() - offset));
}

// One change for each stretch of sectors that differ.
void PageEdit::add_differences(std::uint64_t page, const std::vector<std::byte>& bytes,
                               EditPlan& plan) const {
    const Bytes before = old_page(page);
    const std::uint64_t offset = page * source_.page_size_bytes();
    bool goes_on = false;
    for (std::uint64_t at = 0; at < bytes.size(); at += sector_bytes) {
        const Bytes sector = sector_of(bytes, at);
        const Bytes old = sector_of(before, at);
        if (std::ranges::equal(sector, old)) {
            goes_on = false;
            continue;
        }
        if (!goes_on)
            plan.changes.push_back({.offset = offset + at, .before = {}, .after = {}});
        ByteChange& change = plan.changes.back();
        change.before.insert(change.before.end(), old.begin(), old.end());
        change.after.insert(change.after.end(), sector.begin(), sector.end());
        goes_on = true;
    }
}

EditPlan PageEdit::plan(PageId last_meta) const {
    EditPlan plan;
    plan.file_bytes_before = source_.file_bytes();
    plan.file_bytes_after = file_bytes();
    plan.page_size_bytes = source_.page_size_bytes();
    for (const auto& [page, bytes] : pages_)
        if (page > 1)
            add_differences(page, bytes, plan);
    for (const std::uint64_t meta : {1 - number(last_meta), number(last_meta)}) {
        const std::size_t first = plan.changes.size();
        if (const auto at = pages_.find(meta); at != pages_.end())
            add_differences(meta, at->second, plan);
        if (first < plan.changes.size() && first != 0)
            plan.changes[first].after_sync = true;
        const Bytes sector = sector_of(old_page(meta), 0);
        const std::vector<std::byte> bytes(sector.begin(), sector.end());
        if (!bytes.empty())
            plan.witnesses.push_back(
                {.offset = meta * plan.page_size_bytes, .before = bytes, .after = bytes});
    }
    return plan;
}

} // namespace rebolt::salvage
