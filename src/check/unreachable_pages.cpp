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
            const auto page = sound_page(context_, PageId{id}, end_);
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
        std::vector<SoundPage> missing;
        for (std::size_t i = 0; i < pages_.size(); ++i) {
            if (pages_[i].is_leaf && !is_missing_[i])
                continue;
            sum.pages += pages_[i].pages;
            missing.push_back(pages_[i]);
            sum.keys += pages_[i].is_leaf ? format::SoundLeaf(pages_[i].bytes).count() : 0;
            if (!sum.first)
                sum.first = pages_[i].id;
        }
        sum.origin = origin_of(missing, context_, previous_);
        return sum;
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
