#include "salvage/recover/attribution.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

using Path = std::vector<std::string>;

constexpr std::size_t holes_tried_max = 256;

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
    const SafeBranch view(pages.bytes(branch));
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        if (!is_page(pages, element.child) || pages.home(element.child) == no_bucket ||
            !leads(pages, branch, element))
            continue;
        if (home != no_bucket && home != pages.home(element.child))
            return no_bucket;
        home = pages.home(element.child);
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
    const SafeBranch view(pages.bytes(branch));
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        if (!is_page(pages, element.child) || pages.home(element.child) != no_bucket ||
            !leads(pages, branch, element))
            continue;
        pages.set_home(element.child, home);
        has_spread = true;
    }
    return has_spread;
}

} // namespace

bool do_buckets_share_keys(const Survey& pages) {
    std::vector<PageId> leaves;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
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

void spread_homes(Context& context) {
    Survey& pages = context.pages;
    for (std::size_t round = 0; round < format::tree_depth_max; ++round) {
        bool has_spread = false;
        for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
            if (pages.is_branch(PageId{id}))
                has_spread |= spread_from(pages, PageId{id});
        if (!has_spread)
            return;
    }
}

BucketId only_bucket(const Context& context) {
    constexpr std::size_t the_root_and_one = 2;
    const bool may_have_lost_some = std::ranges::any_of(
        context.holes, [](const Hole& hole) { return hole.bucket == root_bucket; });
    return context.buckets.size() == the_root_and_one && !may_have_lost_some ? root_bucket + 1
                                                                             : no_bucket;
}

bool holds_buckets(Bytes leaf) {
    const SafeLeaf view(leaf);
    for (std::size_t i = 0; i < view.count(); ++i)
        if (view.element(i).is_bucket())
            return true;
    return false;
}

void note_value_buckets(Context& context) {
    const Survey& pages = context.pages;
    if (!context.has_rules())
        return;
    std::set<BucketId> of_both;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        if (!pages.is_leaf(PageId{id}) || count_of(pages.bytes(PageId{id})) == 0)
            continue;
        const auto element = SafeLeaf(pages.bytes(PageId{id})).element(0);
        if (element.is_bucket())
            continue;
        if (const auto home = context.home_of(element.key, element.value))
            (holds_buckets(pages.bytes(PageId{id})) ? of_both : context.of_values)
                .insert(context.buckets.at_path(*home));
    }
    for (const BucketId bucket : of_both)
        context.of_values.erase(bucket);
}

namespace {

// What the owner's rules say of one bucket in a leaf.
std::optional<Path> place_of(const Context& context, const format::LeafElement& element,
                             Bytes content) {
    std::vector<std::string_view> keys;
    std::vector<std::string_view> buckets;
    const SafeLeaf inside(content);
    for (std::size_t i = 0; i < inside.count(); ++i) {
        const auto at = inside.element(i);
        (at.is_bucket() ? buckets : keys).push_back(at.key);
    }
    return context.home_of_bucket(element.key, keys, buckets);
}

// The place of all buckets in a leaf that holds nothing else; those whose page is
// no sound leaf say nothing.
std::optional<Path> place_of_buckets(const Context& context, PageId leaf) {
    const Survey& pages = context.pages;
    const SafeLeaf view(pages.bytes(leaf));
    std::optional<Path> place;
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        const auto bucket = format::BucketView::of(element.value);
        if (!element.is_bucket() || !bucket)
            return std::nullopt;
        Bytes content = bucket->inline_page();
        if (!bucket->is_inline()) {
            if (!is_page(pages, bucket->root()) || pages.kind(bucket->root()) != PageKind::leaf)
                continue;
            content = pages.bytes(bucket->root());
        }
        auto here = place_of(context, element, content);
        if (!here || (place && *place != *here))
            return std::nullopt;
        place = std::move(here);
    }
    return place;
}

bool begins_like(const Path& place, const Path& bucket) {
    return bucket.size() <= place.size() &&
           std::ranges::equal(bucket, place | std::views::take(bucket.size()),
                              [](const std::string& name, const std::string& wanted) {
                                  return wanted == "*" || name == wanted;
                              });
}

std::optional<BucketId> home_of_buckets(Context& context, PageId leaf) {
    if (!context.has_rules() || context.holes.size() > holes_tried_max)
        return std::nullopt;
    const auto place = place_of_buckets(context, leaf);
    if (!place)
        return std::nullopt;
    if (std::ranges::find(*place, "*") == place->end())
        return context.buckets.at_path(*place);
    std::optional<BucketId> home;
    for (const Hole& hole : context.holes) {
        const Path bucket = context.buckets.path(hole.bucket);
        if (!begins_like(*place, bucket) || hole.bucket == home)
            continue;
        if (home || bucket.size() < place->size()) // another one may have been lost there
            return std::nullopt;
        home = hole.bucket;
    }
    return home;
}

} // namespace

namespace {

// Whether all values in a leaf of a bucket are of forms that its owner keeps there.
bool is_all_known(const Context& context, const SafeLeaf& leaf, const Path& home) {
    for (std::size_t i = 0; i < leaf.count(); ++i) {
        const auto element = leaf.element(i);
        if (!element.is_bucket() && !context.knows(home, element.key, element.value))
            return false;
    }
    return true;
}

} // namespace

// Where not all of the values tell, those that do not must be of known forms.
std::optional<BucketId> home_by_owner(Context& context, PageId leaf) {
    if (!context.has_rules() || !context.pages.is_leaf(leaf))
        return std::nullopt;
    const SafeLeaf view(context.pages.bytes(leaf));
    std::optional<Path> home;
    bool do_all_tell = true;
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        auto here =
            element.is_bucket() ? std::nullopt : context.home_of(element.key, element.value);
        if (here && home && *home != *here)
            return std::nullopt;
        do_all_tell &= here.has_value();
        if (here)
            home = std::move(here);
    }
    if (!home)
        return home_of_buckets(context, leaf);
    if (home->empty() || (!do_all_tell && !is_all_known(context, view, *home)))
        return std::nullopt;
    return context.buckets.at_path(*home);
}

} // namespace rebolt::salvage
