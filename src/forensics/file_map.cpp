#include <rebolt/file_map.hpp>

#include <algorithm>
#include <array>

#include <rebolt/page_grammar.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"

namespace rebolt {
namespace {

using format::PageHeader;
using format::PageType;

constexpr std::array<std::string_view, 9> use_names{
    "meta", "freelist", "branch", "leaf", "overflow", "wrong", "free", "lost", "beyond"};

class StateMapper {
public:
    StateMapper(const PageSource& source, const format::MetaFields& meta)
        : source_(source), tree_(source, meta), state_{meta, {}, {}} {
        state_.pages.resize(source.page_count());
    }

    MappedState run() {
        const std::uint64_t end =
            std::min<std::uint64_t>(state_.meta.high_water_mark, state_.pages.size());
        const bool has_list = PageId{state_.meta.freelist} != no_freelist;
        for (std::uint64_t id = 0; id < end; ++id)
            state_.pages[id] = page_of(PageId{id}, has_list ? PageUse::lost : PageUse::free);
        if (has_list)
            read_freelist(end);
        state_.buckets = tree_.buckets();
        return std::move(state_);
    }

private:
    MappedPage page_of(PageId id, PageUse unreached) const {
        if (number(id) < 2)
            return {.use = PageUse::meta};
        const auto bucket = tree_.bucket_of(id);
        if (!bucket)
            return {.use = unreached};
        return {.use = tree_.is_overflow(id) ? PageUse::overflow : use_in_tree(id),
                .bucket = bucket,
                .parent = tree_.parent_of(id)};
    }

    PageUse use_in_tree(PageId id) const {
        const auto page = source_.page(id);
        if (!page || page->header().id != number(id))
            return PageUse::wrong;
        return page->type() == PageType::branch ? PageUse::branch
               : page->type() == PageType::leaf ? PageUse::leaf
                                                : PageUse::wrong;
    }

    // A page that a tree leads to stays the tree's, whatever the list says.
    void read_freelist(std::uint64_t end) {
        const PageId id{state_.meta.freelist};
        const auto page = source_.page(id);
        if (number(id) < 2 || number(id) >= end || !page || page->type() != PageType::freelist)
            return;
        const std::uint64_t last =
            std::min<std::uint64_t>(end, number(id) + 1 + page->header().overflow);
        for (std::uint64_t at = number(id); at < last; ++at)
            set_if_lost(at, PageUse::freelist);
        const auto list = format::FreelistView::of(page->bytes());
        for (std::uint64_t i = 0; list && i < list->count(); ++i)
            if (number(list->id(i)) < end)
                set_if_lost(number(list->id(i)), PageUse::free);
    }

    void set_if_lost(std::uint64_t id, PageUse use) {
        if (state_.pages[id].use == PageUse::lost)
            state_.pages[id].use = use;
    }

    const PageSource& source_;
    PageTree tree_;
    MappedState state_;
};

std::uint8_t fill_percent(std::uint64_t used, std::uint64_t size) noexcept {
    return static_cast<std::uint8_t>(std::min<std::uint64_t>(100, used * 100 / size));
}

PageContent content_of(const PageSource& source, PageId id) {
    const auto page = source.page(id);
    if (!page)
        return {};
    PageContent content{.type = page->type(), .count = page->header().count};
    const bool is_leaf = page->type() == PageType::leaf;
    if (page->type() == PageType::freelist)
        content.fill_percent =
            fill_percent(format::page_header_bytes + content.count * sizeof(std::uint64_t),
                         page->bytes().size());
    if (!is_leaf && page->type() != PageType::branch)
        return content;
    const format::PagePlace anywhere{.range = {},
                                     .page_size_bytes = source.page_size_bytes(),
                                     .is_root = true,
                                     .is_inline = false};
    format::LeafCount count;
    content.is_sound = page->header().id == number(id) &&
                       (is_leaf ? format::leaf_is_sound(page->bytes(), anywhere, count)
                                : format::branch_is_sound(page->bytes(), anywhere));
    if (content.is_sound)
        content.fill_percent =
            fill_percent(format::content_end(page->bytes(), is_leaf), page->bytes().size());
    return content;
}

Result<FileMap> map_pages(const PageSource& source,
                          const std::function<bool(const CheckProgress&)>& progress) {
    FileMap map;
    CheckOptions options;
    options.progress = progress;
    map.report = TRY(check(source, options));
    for (const format::MetaFields& meta : valid_metas(source))
        map.states.push_back(StateMapper(source, meta).run());
    map.pages.reserve(source.page_count());
    for (std::uint64_t id = 0; id < source.page_count(); ++id)
        map.pages.push_back(content_of(source, PageId{id}));
    return map;
}

} // namespace

std::string_view name_of(PageUse use) noexcept {
    return use_names[static_cast<std::size_t>(use)];
}

Result<FileMap> map_file(const PageSource& source,
                         const std::function<bool(const CheckProgress&)>& progress) {
    return with_memory([&] { return map_pages(source, progress); });
}

} // namespace rebolt
