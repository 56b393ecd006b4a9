#include "salvage/recover/state_tree.hpp"

#include <set>
#include <vector>

namespace rebolt::salvage {
namespace {

using format::BucketView;
using format::LeafElement;

// Whether a branch's element leads to a sound page whose keys fit its place.
bool leads_right(const Survey& pages, const SafeBranch& view, std::size_t index) {
    const auto element = view.element(index);
    if (!is_sound_at_home(pages, element.child) || count_of(pages.bytes(element.child)) == 0)
        return false;
    const Bytes child = pages.bytes(element.child);
    return (index == 0 || first_key(child) >= element.key) &&
           (index + 1U == view.count() || last_key(child) < view.element(index + 1).key);
}

// The last child whose key is not greater, or the first.
PageId child_for(const SafeBranch& branch, std::string_view key) {
    std::size_t low = 0;
    std::size_t high = branch.count();
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        (branch.element(middle).key <= key ? low : high) = middle;
    }
    return branch.element(low).child;
}

std::optional<LeafElement> find_in_leaf(const SafeLeaf& leaf, std::string_view key) {
    std::size_t low = 0;
    std::size_t high = leaf.count();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        const auto element = leaf.element(middle);
        if (element.key == key)
            return element;
        if (element.key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return std::nullopt;
}

std::optional<LeafElement> find_in_tree(const Survey& pages, PageId page, std::string_view key) {
    for (std::size_t level = 0; level < format::tree_depth_max; ++level) {
        if (!is_sound_at_home(pages, page))
            return std::nullopt;
        const Bytes bytes = pages.bytes(page);
        if (pages.is_leaf(page))
            return find_in_leaf(SafeLeaf(bytes), key);
        page = child_for(SafeBranch(bytes), key);
    }
    return std::nullopt;
}

} // namespace

bool is_sound_at_home(const Survey& pages, PageId page) {
    return number(page) >= 2 && number(page) < pages.page_count() && !pages.is_displaced(page) &&
           (pages.is_leaf(page) || pages.is_branch(page));
}

std::optional<PageId> first_leaf(const Survey& pages, PageId page) {
    for (std::size_t level = 0; level < format::tree_depth_max; ++level) {
        if (!is_sound_at_home(pages, page))
            return std::nullopt;
        if (pages.is_leaf(page))
            return page;
        page = SafeBranch(pages.bytes(page)).element(0).child;
    }
    return std::nullopt;
}

bool is_root_like(const Survey& pages, PageId page) {
    const auto leaf = first_leaf(pages, page);
    if (!leaf)
        return false;
    const SafeLeaf view(pages.bytes(*leaf));
    for (std::size_t i = 0; i < view.count(); ++i)
        if (!view.element(i).is_bucket() || !BucketView::of(view.element(i).value))
            return false;
    return view.count() != 0;
}

bool may_be_root(const Survey& pages, PageId page) {
    if (number(page) < 2)
        return false;
    if (number(page) >= pages.page_count())
        return true; // cut off
    if (pages.kind(page) == PageKind::freelist)
        return false;
    if (!is_sound_at_home(pages, page))
        return !pages.is_displaced(page);
    if (pages.is_leaf(page) && count_of(pages.bytes(page)) == 0)
        return true;
    return is_root_like(pages, page) || !first_leaf(pages, page);
}

bool have_same_names(const Survey& pages, PageId left, PageId right) {
    const auto ours = first_leaf(pages, left);
    const auto theirs = first_leaf(pages, right);
    if (!ours || !theirs)
        return false;
    std::set<std::string_view> names;
    const SafeLeaf leaf(pages.bytes(*ours));
    for (std::size_t i = 0; i < leaf.count(); ++i)
        names.insert(leaf.element(i).key);
    const SafeLeaf other(pages.bytes(*theirs));
    std::size_t common = 0;
    for (std::size_t i = 0; i < other.count(); ++i)
        common += names.contains(other.element(i).key) ? 1 : 0;
    return common * 2 >= other.count() && common != 0;
}

std::uint64_t for_each_leaf(Survey& pages, PageId root, const std::function<void(PageId)>& visit,
                            const std::function<void(PageId)>& visit_hole) {
    pages.clear_all(Survey::entered);
    std::uint64_t holes = 0;
    const auto hole = [&](PageId page) {
        ++holes;
        if (visit_hole)
            visit_hole(page);
    };
    std::vector<PageId> to_enter{root};
    while (!to_enter.empty() && pages.goes_on()) {
        const PageId page = to_enter.back();
        to_enter.pop_back();
        if (!is_sound_at_home(pages, page) || pages.has(page, Survey::entered)) {
            hole(page);
            continue;
        }
        pages.set_run(page, Survey::entered);
        if (pages.is_branch(page)) {
            const SafeBranch view(pages.bytes(page));
            for (std::size_t i = 0; i < view.count(); ++i)
                if (leads_right(pages, view, i))
                    to_enter.push_back(view.element(i).child);
                else
                    hole(view.element(i).child);
            continue;
        }
        visit(page);
        if (!pages.has(page, Survey::has_buckets))
            continue;
        const SafeLeaf view(pages.bytes(page));
        for (std::size_t i = 0; i < view.count(); ++i) {
            const auto element = view.element(i);
            const auto bucket = BucketView::of(element.value);
            if (element.is_bucket() && bucket && !bucket->is_inline())
                to_enter.push_back(bucket->root());
        }
    }
    return holes;
}

bool is_whole(Survey& pages, const State& state) {
    return for_each_leaf(pages, state.root, [](PageId) {}) == 0;
}

std::optional<LeafElement> look_up(const Survey& pages, const State& state,
                                   std::span<const std::string> bucket, std::string_view key) {
    PageId root = state.root;
    for (std::size_t depth = 0; depth < bucket.size(); ++depth) {
        const auto found = find_in_tree(pages, root, bucket[depth]);
        if (!found || !found->is_bucket())
            return std::nullopt;
        const auto inside = BucketView::of(found->value);
        if (!inside)
            return std::nullopt;
        if (inside->is_inline()) { // holds no buckets: the key is in it, or nowhere
            const SafeLeaf leaf(inside->inline_page());
            return depth + 1 == bucket.size() ? find_in_leaf(leaf, key) : std::nullopt;
        }
        root = inside->root();
    }
    return find_in_tree(pages, root, key);
}

} // namespace rebolt::salvage
