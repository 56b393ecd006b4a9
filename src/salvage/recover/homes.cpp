#include "salvage/recover/homes.hpp"

#include <algorithm>

namespace rebolt::salvage {
namespace {

using format::BranchView;
using format::LeafView;

bool is_page(const Survey& pages, PageId id) {
    return number(id) >= 2 && number(id) < pages.page_count();
}

// Whether the element leads to a page that begins with its key.
bool leads(const Survey& pages, PageId from, const format::BranchElement& element) {
    return is_page(pages, element.child) && element.child != from &&
           (pages.is_leaf(element.child) || pages.is_branch(element.child)) &&
           !pages.is_displaced(element.child) && count_of(pages.bytes(element.child)) != 0 &&
           first_key(pages.bytes(element.child)) == element.key;
}

// The one bucket of all its children whose bucket is known.
BucketId home_of_children(const Survey& pages, PageId branch) {
    BucketId home = no_bucket;
    const auto view = BranchView::of(pages.bytes(branch));
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        if (!is_page(pages, element->child) || pages.home(element->child) == no_bucket ||
            !leads(pages, branch, *element))
            continue;
        if (home != no_bucket && home != pages.home(element->child))
            return no_bucket;
        home = pages.home(element->child);
    }
    return home;
}

bool spread_from(Survey& pages, PageId branch) {
    bool has_spread = false;
    BucketId home = pages.home(branch);
    if (home == no_bucket) {
        home = home_of_children(pages, branch);
        if (home == no_bucket)
            return false;
        pages.set_home(branch, home);
        has_spread = true;
    }
    const auto view = BranchView::of(pages.bytes(branch));
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        if (!is_page(pages, element->child) || pages.home(element->child) != no_bucket ||
            !leads(pages, branch, *element))
            continue;
        pages.set_home(element->child, home);
        has_spread = true;
    }
    return has_spread;
}

} // namespace

bool do_buckets_share_keys(const Survey& pages) {
    std::vector<PageId> leaves;
    for (std::uint64_t id = 2; id < pages.page_count(); ++id)
        if (pages.has(PageId{id}, Survey::used) && pages.is_leaf(PageId{id}) &&
            pages.home(PageId{id}) != no_bucket && count_of(pages.bytes(PageId{id})) != 0)
            leaves.push_back(PageId{id});
    std::ranges::sort(leaves, {}, [&](PageId page) { return first_key(pages.bytes(page)); });
    std::string_view reaches;
    BucketId of = no_bucket;
    for (const PageId page : leaves) {
        if (of != no_bucket && pages.home(page) != of && first_key(pages.bytes(page)) <= reaches)
            return true;
        if (of == no_bucket || last_key(pages.bytes(page)) > reaches) {
            reaches = last_key(pages.bytes(page));
            of = pages.home(page);
        }
    }
    return false;
}

void spread_homes(Ground& ground) {
    Survey& pages = ground.pages;
    for (std::size_t round = 0; round < format::tree_depth_max; ++round) {
        bool has_spread = false;
        for (std::uint64_t id = 2; id < pages.page_count(); ++id)
            if (pages.is_branch(PageId{id}))
                has_spread |= spread_from(pages, PageId{id});
        if (!has_spread)
            return;
    }
}

BucketId only_bucket(const Ground& ground) {
    constexpr std::size_t the_root_and_one = 2;
    const bool may_have_lost_some = std::ranges::any_of(
        ground.holes, [](const Hole& hole) { return hole.bucket == root_bucket; });
    return ground.buckets.size() == the_root_and_one && !may_have_lost_some ? root_bucket + 1
                                                                            : no_bucket;
}

bool holds_buckets(Bytes leaf) {
    const auto view = LeafView::of(leaf);
    for (std::size_t i = 0; i < view->count(); ++i)
        if (view->element(i)->is_bucket())
            return true;
    return false;
}

void note_value_buckets(Ground& ground) {
    const Survey& pages = ground.pages;
    if (!ground.options.home_of || !ground.judge)
        return;
    for (std::uint64_t id = 2; id < pages.page_count(); ++id) {
        if (!pages.is_leaf(PageId{id}) || count_of(pages.bytes(PageId{id})) == 0)
            continue;
        const auto element = LeafView::of(pages.bytes(PageId{id}))->element(0);
        if (element->is_bucket())
            continue;
        if (const auto home = ground.options.home_of(element->key, element->value))
            ground.of_values.insert(ground.buckets.at_path(*home));
    }
}

std::optional<BucketId> home_by_owner(Ground& ground, PageId leaf) {
    if (!ground.options.home_of || !ground.pages.is_leaf(leaf))
        return std::nullopt;
    const auto view = LeafView::of(ground.pages.bytes(leaf));
    std::optional<std::vector<std::string>> home;
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        if (element->is_bucket())
            return std::nullopt;
        auto here = ground.options.home_of(element->key, element->value);
        if (!here || (home && *home != *here))
            return std::nullopt;
        home = std::move(here);
    }
    if (!home || home->empty())
        return std::nullopt;
    return ground.buckets.at_path(*home);
}

} // namespace rebolt::salvage
