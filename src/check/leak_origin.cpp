#include "check/leak_origin.hpp"

#include <algorithm>

#include <rebolt/page_grammar.hpp>

#include "check/space_check.hpp"

namespace rebolt::check_walk {
namespace {

using format::PageType;

std::string_view first_key(const SoundPage& page) {
    return page.is_leaf ? format::SoundLeaf(page.bytes)[0].key
                        : format::SoundBranch(page.bytes)[0].key;
}

class Origin {
public:
    Origin(const std::vector<SoundPage>& pages, const CheckContext& context)
        : pages_(pages), context_(context), is_below_(pages.size()), is_bucket_(pages.size()) {}

    LeakOrigin find(const Tree* previous) {
        if (previous != nullptr && std::ranges::any_of(pages_, [&](const SoundPage& page) {
                return context_.map.has(page.id, PageMap::previous_free) ||
                       number(page.id) >= previous->meta.fields.high_water_mark;
            }))
            return LeakOrigin::lost_write;
        for (const SoundPage& page : pages_)
            mark_below(page);
        if (!read_freed_pages())
            return LeakOrigin::lost_write;
        for (std::size_t i = 0; i < pages_.size(); ++i)
            if (!is_below_[i] && !is_bucket_[i])
                return LeakOrigin::unknown;
        return LeakOrigin::forgotten_buckets;
    }

private:
    [[nodiscard]] std::optional<std::size_t> index_of(PageId id) const {
        const auto at = std::ranges::lower_bound(pages_, id, {}, &SoundPage::id);
        if (at == pages_.end() || at->id != id)
            return std::nullopt;
        return static_cast<std::size_t>(at - pages_.begin());
    }

    void mark_below(const SoundPage& page) {
        if (page.is_leaf)
            return mark_buckets(page, is_below_);
        const format::SoundBranch branch(page.bytes);
        for (std::size_t i = 0; i < branch.count(); ++i)
            if (const auto child = index_of(branch[i].child))
                is_below_[*child] = true;
    }

    void mark_buckets(const SoundPage& page, std::vector<bool>& marks) const {
        const format::SoundLeaf leaf(page.bytes);
        for (std::size_t i = 0; i < leaf.count(); ++i) {
            if (!leaf[i].is_bucket())
                continue;
            const auto bucket = format::BucketView::of(leaf[i].value);
            const auto root =
                bucket && !bucket->is_inline() ? index_of(bucket->root()) : std::nullopt;
            if (root)
                marks[*root] = true;
        }
    }

    // False: a freed branch leads to one of the pages.
    bool read_freed_pages() {
        const std::uint64_t end = context_.map.page_count();
        for (std::uint64_t id = 2; id < end; ++id) {
            const std::uint8_t cell = context_.map.at(PageId{id});
            if ((cell & PageMap::free) == 0 || (cell & PageMap::role_bits) != 0)
                continue;
            const auto page = sound_page(context_, PageId{id}, end);
            if (page && page->is_leaf)
                mark_buckets(*page, is_bucket_);
            else if (page && leads_to_one(format::SoundBranch(page->bytes)))
                return false;
        }
        return true;
    }

    [[nodiscard]] bool leads_to_one(const format::SoundBranch& branch) const {
        for (std::size_t i = 0; i < branch.count(); ++i)
            if (const auto child = index_of(branch[i].child);
                child && first_key(pages_[*child]) == branch[i].key)
                return true;
        return false;
    }

    const std::vector<SoundPage>& pages_;
    const CheckContext& context_;
    std::vector<bool> is_below_;  ///< of pages_: another one of them leads to it
    std::vector<bool> is_bucket_; ///< of pages_: a freed leaf has it as a bucket
};

} // namespace

std::optional<SoundPage> sound_page(const CheckContext& context, PageId id, std::uint64_t end) {
    const auto view = context.source.page(id);
    if (!view || view->header().id != number(id))
        return std::nullopt;
    const bool is_leaf = view->type() == PageType::leaf;
    const std::uint64_t pages = std::uint64_t{view->header().overflow} + 1;
    if ((!is_leaf && view->type() != PageType::branch) || pages > end - number(id) ||
        !context.source.probe(context.offset_of(id), view->bytes().size()))
        return std::nullopt;
    const format::PagePlace place{.range = {},
                                  .page_size_bytes = context.source.page_size_bytes(),
                                  .is_root = true,
                                  .is_inline = false};
    format::LeafCount count;
    const bool is_sound = is_leaf ? format::leaf_is_sound(view->bytes(), place, count)
                                  : format::branch_is_sound(view->bytes(), place);
    if (!is_sound || (is_leaf && count.keys == 0))
        return std::nullopt;
    return SoundPage{id, pages, is_leaf, view->bytes()};
}

LeakOrigin origin_of(const std::vector<SoundPage>& pages, const CheckContext& context,
                     const Tree* previous) {
    return Origin(pages, context).find(previous);
}

} // namespace rebolt::check_walk
