#include "check/unreachable_pages.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <rebolt/page_grammar.hpp>

#include "check/space_check.hpp"

namespace rebolt::check_walk {
namespace {

using format::LeafElement;
using format::PageType;

// Keys that are looked for in the tree. With more, those beyond count as missing.
constexpr std::size_t keys_looked_for_max = 1'000'000;

struct SoundPage {
    PageId id;
    std::uint64_t pages; ///< with its overflow
    bool is_leaf;
    Bytes bytes;
};

/// A key that is looked for, of the leaf at `leaf` in the list of pages.
struct Wanted {
    std::uint64_t key_hash;
    std::uint64_t value_hash;
    std::uint32_t leaf;
    bool is_found = false;
};

std::uint64_t hash_of_key(const LeafElement& element) noexcept {
    return format::fnv1a(as_bytes(element.key)) ^ (element.flags & format::bucket_leaf_flag);
}

class Search {
public:
    Search(const CheckContext& context, const Tree& primary, const Tree* previous)
        : context_(context), previous_(previous),
          end_(std::min(primary.meta.fields.high_water_mark, context.map.page_count())) {}

    Unreachable run() {
        collect();
        if (pages_.empty())
            return {};
        look_for();
        return sum_up();
    }

private:
    [[nodiscard]] std::optional<SoundPage> sound_page(PageId id) const {
        const auto view = context_.source.page(id);
        if (!view || view->header().id != number(id))
            return std::nullopt;
        const bool is_leaf = view->type() == PageType::leaf;
        const std::uint64_t pages = std::uint64_t{view->header().overflow} + 1;
        if ((!is_leaf && view->type() != PageType::branch) || pages > end_ - number(id) ||
            !context_.source.probe(context_.offset_of(id), view->bytes().size()))
            return std::nullopt;
        const format::PagePlace place{.range = {},
                                      .page_size_bytes = context_.source.page_size_bytes(),
                                      .is_root = true,
                                      .is_inline = false};
        format::LeafCount count;
        const bool is_sound = is_leaf ? format::leaf_is_sound(view->bytes(), place, count)
                                      : format::branch_is_sound(view->bytes(), place);
        if (!is_sound || (is_leaf && count.keys == 0))
            return std::nullopt;
        return SoundPage{id, pages, is_leaf, view->bytes()};
    }

    [[nodiscard]] bool has_leaked_overflow(const SoundPage& page) const {
        for (std::uint64_t i = 1; i < page.pages; ++i)
            if (!is_leaked(context_.map.at(PageId{number(page.id) + i})))
                return false;
        return true;
    }

    void collect() {
        for (std::uint64_t id = 2; id < end_; ++id) {
            if (!is_leaked(context_.map.at(PageId{id})))
                continue;
            const auto page = sound_page(PageId{id});
            if (!page || !has_leaked_overflow(*page))
                continue;
            const auto index = static_cast<std::uint32_t>(pages_.size());
            pages_.push_back(*page);
            is_missing_.push_back(false);
            if (page->is_leaf)
                want(*page, index);
            id += page->pages - 1;
        }
        std::ranges::sort(wanted_, {}, &Wanted::key_hash);
    }

    void want(const SoundPage& page, std::uint32_t index) {
        const format::SoundLeaf leaf(page.bytes);
        for (std::size_t i = 0; i < leaf.count(); ++i) {
            if (wanted_.size() == keys_looked_for_max) {
                is_missing_[index] = true;
                return;
            }
            wanted_.push_back(
                {hash_of_key(leaf[i]), format::fnv1a(as_bytes(leaf[i].value)), index});
        }
    }

    void look_for() {
        for (std::uint64_t id = 2; id < end_; ++id)
            if (context_.map.role(PageId{id}) == Role::leaf)
                if (const auto view = context_.source.page(PageId{id}))
                    see(format::SoundLeaf(view->bytes()));
    }

    // Leaves of the tree are sound: the walk would have found it else.
    void see(const format::SoundLeaf& leaf) {
        for (std::size_t i = 0; i < leaf.count(); ++i) {
            const LeafElement element = leaf[i];
            see(element);
            if (!element.is_bucket())
                continue;
            const auto inside = format::BucketView::of(element.value);
            if (inside && inside->is_inline())
                see_inline(format::SoundLeaf(inside->inline_page()));
        }
    }

    void see_inline(const format::SoundLeaf& leaf) {
        for (std::size_t i = 0; i < leaf.count(); ++i)
            see(leaf[i]);
    }

    void see(const LeafElement& element) {
        auto [at, last] =
            std::ranges::equal_range(wanted_, hash_of_key(element), {}, &Wanted::key_hash);
        if (at == last)
            return;
        const std::uint64_t value = format::fnv1a(as_bytes(element.value));
        for (; at != last; ++at)
            at->is_found |= at->value_hash == value;
    }

    Unreachable sum_up() {
        for (const Wanted& wanted : wanted_)
            if (!wanted.is_found)
                is_missing_[wanted.leaf] = true;
        Unreachable sum;
        if (std::ranges::find(is_missing_, true) == is_missing_.end())
            return sum;
        for (std::size_t i = 0; i < pages_.size(); ++i) {
            if (pages_[i].is_leaf && !is_missing_[i])
                continue;
            sum.pages += pages_[i].pages;
            sum.is_lost_write |= is_of_newest(pages_[i].id);
            sum.keys += pages_[i].is_leaf ? format::SoundLeaf(pages_[i].bytes).count() : 0;
            if (!sum.first)
                sum.first = pages_[i].id;
        }
        sum.is_lost_write = sum.is_lost_write || is_child_of_freed_branch();
        return sum;
    }

    [[nodiscard]] bool is_child_of_freed_branch() const {
        for (std::uint64_t id = 2; id < end_; ++id) {
            const std::uint8_t cell = context_.map.at(PageId{id});
            if ((cell & PageMap::free) == 0 || (cell & PageMap::role_bits) != 0)
                continue;
            const auto page = sound_page(PageId{id});
            if (page && !page->is_leaf && leads_to_missing(format::SoundBranch(page->bytes)))
                return true;
        }
        return false;
    }

    [[nodiscard]] bool leads_to_missing(const format::SoundBranch& branch) const {
        for (std::size_t i = 0; i < branch.count(); ++i) {
            const auto child =
                std::ranges::lower_bound(pages_, branch[i].child, {}, &SoundPage::id);
            if (child != pages_.end() && child->id == branch[i].child &&
                (!child->is_leaf ||
                 is_missing_[static_cast<std::size_t>(child - pages_.begin())]) &&
                first_key(*child) == branch[i].key)
                return true;
        }
        return false;
    }

    static std::string_view first_key(const SoundPage& page) {
        return page.is_leaf ? format::SoundLeaf(page.bytes)[0].key
                            : format::SoundBranch(page.bytes)[0].key;
    }

    [[nodiscard]] bool is_of_newest(PageId page) const {
        return previous_ != nullptr && (context_.map.has(page, PageMap::previous_free) ||
                                        number(page) >= previous_->meta.fields.high_water_mark);
    }

    const CheckContext& context_;
    const Tree* previous_;
    std::uint64_t end_;
    std::vector<SoundPage> pages_;
    std::vector<bool> is_missing_; ///< of pages_: holds what the tree has not
    std::vector<Wanted> wanted_;   ///< by their hashes
};

// Pages of its freelist, as far as its header tells.
bool is_in_freelist(const CheckContext& context, const Tree& tree, std::uint64_t id) {
    const std::uint64_t first = tree.meta.fields.freelist;
    if (id < first || first >= context.map.page_count())
        return false;
    const auto header =
        load<format::PageHeader>(context.source.file().data() + context.offset_of(PageId{first}));
    return id - first <= header.overflow;
}

} // namespace

Unreachable find_unreachable(const CheckContext& context, const Tree& primary,
                             const Tree* previous) {
    return Search(context, primary, previous).run();
}

Unaccounted find_unaccounted(const CheckContext& context, const Tree& previous) {
    Unaccounted found;
    const std::uint64_t end =
        std::min(previous.meta.fields.high_water_mark, context.map.page_count());
    for (std::uint64_t id = 2; id < end; ++id) {
        const std::uint8_t cell = context.map.at(PageId{id});
        if ((cell & (PageMap::in_previous | PageMap::previous_free)) != 0)
            continue;
        // Below a page that both trees have, this one was not walked again.
        const auto role = static_cast<Role>(cell & PageMap::role_bits);
        const bool is_in_tree =
            role == Role::leaf || role == Role::branch || role == Role::overflow;
        if ((is_in_tree && !context.walks_previous_whole) || is_in_freelist(context, previous, id))
            continue;
        ++found.pages;
        if (!found.first)
            found.first = PageId{id};
    }
    return found;
}

} // namespace rebolt::check_walk
