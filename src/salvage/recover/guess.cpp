#include "salvage/recover/guess.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::salvage {
namespace {

using format::BranchView;
using format::BucketView;
using format::LeafView;

constexpr std::size_t roots_tried_max = 64;
constexpr std::size_t freelists_tried_max = 32;

bool is_sound_at_home(const Survey& pages, PageId page) {
    return number(page) >= 2 && number(page) < pages.page_count() && !pages.is_displaced(page) &&
           (pages.is_leaf(page) || pages.is_branch(page));
}

// Whether a branch's element leads to a sound page whose keys fit its place.
bool leads_right(const Survey& pages, const BranchView& view, std::size_t index) {
    const auto element = view.element(index);
    if (!is_sound_at_home(pages, element->child) || count_of(pages.bytes(element->child)) == 0)
        return false;
    const Bytes child = pages.bytes(element->child);
    return (index == 0 || first_key(child) >= element->key) &&
           (index + 1U == view.count() || last_key(child) < view.element(index + 1)->key);
}

// Goes down the first children. nullopt if a page on the way is not sound.
std::optional<PageId> first_leaf(const Survey& pages, PageId page) {
    for (std::size_t level = 0; level < format::tree_depth_max; ++level) {
        if (!is_sound_at_home(pages, page))
            return std::nullopt;
        if (pages.is_leaf(page))
            return page;
        page = BranchView::of(pages.bytes(page))->element(0)->child;
    }
    return std::nullopt;
}

// Keeps the newest age of a leaf's values, also of those in inline buckets.
void note_ages(const RecoverOptions& options, Bytes leaf, ValueAge& newest) {
    const auto view = LeafView::of(leaf);
    for (std::size_t i = 0; view && i < view->count(); ++i) {
        const auto element = view->element(i);
        if (!element)
            return;
        if (element->is_bucket()) {
            const auto bucket = BucketView::of(element->value);
            if (bucket && bucket->is_inline() && leaf.size() > bucket->inline_page().size())
                note_ages(options, bucket->inline_page(), newest);
            continue;
        }
        const auto home = options.home_of(element->key, element->value);
        const auto age = home ? options.age_of(*home, element->key, element->value) : std::nullopt;
        if (age && age->number > newest.number)
            newest = *age;
    }
}

// The age of a state: by its first leaf, if that tells, since buckets of an old
// root may lead to newer pages; else by all leaves.
ValueAge newest_age(Ground& ground, const State& state) {
    if (const auto leaf = first_leaf(ground.pages, state.root))
        if (const ValueAge age = age_of_leaf(ground, *leaf); age.number != 0)
            return age;
    ValueAge newest{0, true};
    for_each_leaf(ground.pages, state.root, [&](PageId page) {
        if (const ValueAge age = age_of_leaf(ground, page); age.number > newest.number)
            newest = age;
    });
    return newest;
}

// Marks what sound branches lead to, where the key there is right.
void mark_children(Survey& pages) {
    for (std::uint64_t id = 2; id < pages.page_count(); ++id) {
        const PageId page{id};
        if (!pages.is_branch(page))
            continue;
        const auto view = BranchView::of(pages.bytes(page));
        for (std::size_t i = 0; i < view->count(); ++i) {
            const auto element = view->element(i);
            if (is_sound_at_home(pages, element->child) && element->child != page &&
                count_of(pages.bytes(element->child)) != 0 &&
                first_key(pages.bytes(element->child)) == element->key)
                pages.set(element->child, Survey::led_to);
        }
    }
}

std::set<std::string_view> names_in(const Survey& pages, PageId leaf) {
    std::set<std::string_view> names;
    const auto view = LeafView::of(pages.bytes(leaf));
    for (std::size_t i = 0; i < view->count(); ++i)
        names.insert(view->element(i)->key);
    return names;
}

// An old root may name a page that has since become a newer root: the two have
// mostly the same names in them. A bucket of buckets has others.
bool is_later_version(const Survey& pages, PageId leaf, PageId root) {
    const auto other = first_leaf(pages, root);
    if (!other)
        return false;
    const auto ours = names_in(pages, leaf);
    const auto theirs = names_in(pages, *other);
    const auto common =
        std::ranges::count_if(theirs, [&](std::string_view name) { return ours.contains(name); });
    return common != 0 && static_cast<std::size_t>(common) * 2 >= theirs.size();
}

// Marks what leaves name as buckets; returns the leaves that are out of date.
std::set<PageId> mark_buckets(Survey& pages) {
    std::set<PageId> outdated;
    for (std::uint64_t id = 2; id < pages.page_count(); ++id) {
        const PageId page{id};
        if (!pages.has(page, Survey::has_buckets))
            continue;
        const auto view = LeafView::of(pages.bytes(page));
        for (std::size_t i = 0; i < view->count(); ++i) {
            const auto element = view->element(i);
            const auto bucket = BucketView::of(element->value);
            if (!element->is_bucket() || !bucket || !is_sound_at_home(pages, bucket->root()) ||
                bucket->root() == page)
                continue;
            if (is_root_like(pages, bucket->root()) &&
                is_later_version(pages, page, bucket->root()))
                outdated.insert(page);
            else
                pages.set(bucket->root(), Survey::led_to);
        }
    }
    return outdated;
}

bool is_damaged(const Survey& pages, PageId page) {
    return number(page) >= pages.page_count() || pages.kind(page) == PageKind::other;
}

struct Root {
    State state;
    std::uint64_t holes = 0;
    std::uint64_t damaged = 0; ///< holes because of a page that is not sound at all
    std::uint64_t leaves = 0;
    bool is_accounted_for = false; ///< with a freelist that leaves no page over
    bool is_recognised = false;    ///< its names are those of an owner that is known
    ValueAge age{0, false};        ///< of its newest value
    bool is_most = false;          ///< half of all leaves or more are its
};

// Whether the names in these leaves, together, are those of a known owner.
bool is_recognised(const Ground& ground, const std::vector<PageId>& leaves) {
    if (!ground.options.judge_for)
        return false;
    std::set<std::string> names;
    for (const PageId leaf : leaves)
        for (const std::string_view name : names_in(ground.pages, leaf))
            names.emplace(name);
    const std::vector<std::string> all(names.begin(), names.end());
    return static_cast<bool>(ground.options.judge_for(all));
}

// Roots, the best first: those with a freelist that fits, those with few holes.
std::vector<Root> find_roots(Ground& ground, PageId known) {
    Survey& pages = ground.pages;
    mark_children(pages);
    const std::set<PageId> outdated = mark_buckets(pages);
    std::uint64_t leaves_in_all = 0;
    for (std::uint64_t id = 2; id < pages.page_count(); ++id)
        leaves_in_all += pages.kind(PageId{id}) == PageKind::leaf ? 1 : 0;
    std::vector<Root> roots;
    for (std::uint64_t id = 2; id < pages.page_count() && roots.size() < roots_tried_max; ++id) {
        const PageId page{id};
        if (page == known || !is_sound_at_home(pages, page) || pages.has(page, Survey::led_to) ||
            !is_root_like(pages, page) || outdated.contains(*first_leaf(pages, page)))
            continue;
        Root root;
        root.state.root = page;
        root.state.page_end = pages.page_count();
        root.holes = for_each_leaf(
            pages, page, [&](PageId) { ++root.leaves; },
            [&](PageId hole) { root.damaged += is_damaged(pages, hole) ? 1 : 0; });
        root.is_accounted_for = choose_freelist(ground, root.state) == 0;
        root.is_recognised = is_recognised(ground, {*first_leaf(pages, page)});
        root.age = newest_age(ground, root.state);
        root.is_most = root.leaves * 2 >= leaves_in_all;
        roots.push_back(std::move(root));
    }
    pages.clear_all(Survey::led_to);
    std::ranges::stable_sort(roots, [](const Root& a, const Root& b) {
        return std::tuple(!a.is_accounted_for, a.holes, b.leaves) <
               std::tuple(!b.is_accounted_for, b.holes, a.leaves);
    });
    return roots;
}

// The leaf with the newest value of all, where values tell their age for sure.
std::optional<PageId> newest_leaf(const Ground& ground) {
    std::optional<PageId> newest;
    std::uint64_t age = 0;
    if (!ground.options.home_of || !ground.options.age_of)
        return newest;
    for (std::uint64_t id = 2; id < ground.pages.page_count(); ++id)
        if (ground.pages.kind(PageId{id}) == PageKind::leaf)
            if (const ValueAge here = age_of_leaf(ground, PageId{id});
                here.is_sure && here.number > age) {
                age = here.number;
                newest = PageId{id};
            }
    return newest;
}

// Which of two states has the larger sequences in the buckets that both have.
int compare_sequences(const Survey& pages, const State& left, const State& right) {
    const auto leaf = first_leaf(pages, left.root);
    if (!leaf)
        return 0;
    int order = 0;
    const auto view = LeafView::of(pages.bytes(*leaf));
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        const auto ours = BucketView::of(element->value);
        const auto other = look_up(pages, right, {}, element->key);
        if (!element->is_bucket() || !ours || !other || !other->is_bucket())
            continue;
        const auto theirs = BucketView::of(other->value);
        if (!theirs || theirs->sequence() == ours->sequence())
            continue;
        const int here = ours->sequence() > theirs->sequence() ? 1 : -1;
        if (order != 0 && order != here)
            return 0;
        order = here;
    }
    return order;
}

struct FreelistFit {
    PageId page{};
    std::uint64_t left_over = 0;
    std::uint64_t end = 0;
};

// How a freelist fits the tree whose pages are marked as entered, `count` of them
// and the last before `end`; nullopt: not at all.
std::optional<FreelistFit> fit(const Survey& pages, PageId page, std::optional<PageId> newest,
                               std::uint64_t count, std::uint64_t end) {
    const auto list = format::FreelistView::of(pages.bytes(page));
    if (!list || pages.has(page, Survey::entered))
        return std::nullopt;
    FreelistFit result{.page = page};
    std::uint64_t previous = 1;
    for (std::uint64_t i = 0; i < list->count(); ++i) {
        const std::uint64_t id = number(list->id(i));
        if (id <= previous || id >= pages.page_count() || pages.has(PageId{id}, Survey::entered) ||
            id == number(page) || (newest && id == number(*newest)))
            return std::nullopt;
        previous = id;
    }
    result.end = std::max({previous + 1, number(page) + pages.run_length(page), end});
    const std::uint64_t known = 2 + count + list->count() + pages.run_length(page);
    result.left_over = result.end > known ? result.end - known : 0;
    return result;
}

// The root itself may have been a branch: its leaves are then what looks like
// roots, if all their names together are their owner's.
void find_parts_of_root(Ground& ground, const std::vector<Root>& roots) {
    std::vector<PageId> leaves;
    for (const Root& root : roots)
        if (const auto leaf = first_leaf(ground.pages, root.state.root))
            leaves.push_back(*leaf);
    if (leaves.empty() || !is_recognised(ground, leaves))
        return;
    for (const PageId leaf : leaves)
        ground.pages.set_home(leaf, root_bucket);
}

} // namespace

bool is_root_like(const Survey& pages, PageId page) {
    const auto leaf = first_leaf(pages, page);
    if (!leaf)
        return false;
    const auto view = LeafView::of(pages.bytes(*leaf));
    for (std::size_t i = 0; i < view->count(); ++i)
        if (!view->element(i)->is_bucket() || !BucketView::of(view->element(i)->value))
            return false;
    return view->count() != 0;
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
    while (!to_enter.empty()) {
        const PageId page = to_enter.back();
        to_enter.pop_back();
        if (!is_sound_at_home(pages, page) || pages.has(page, Survey::entered)) {
            hole(page);
            continue;
        }
        pages.set_run(page, Survey::entered);
        if (pages.is_branch(page)) {
            const auto view = BranchView::of(pages.bytes(page));
            for (std::size_t i = 0; i < view->count(); ++i)
                if (leads_right(pages, *view, i))
                    to_enter.push_back(view->element(i)->child);
                else
                    hole(view->element(i)->child);
            continue;
        }
        visit(page);
        if (!pages.has(page, Survey::has_buckets))
            continue;
        const auto view = LeafView::of(pages.bytes(page));
        for (std::size_t i = 0; i < view->count(); ++i) {
            const auto element = view->element(i);
            const auto bucket = BucketView::of(element->value);
            if (element->is_bucket() && bucket && !bucket->is_inline())
                to_enter.push_back(bucket->root());
        }
    }
    return holes;
}

bool is_whole(Survey& pages, const State& state) {
    return for_each_leaf(pages, state.root, [](PageId) {}) == 0;
}

ValueAge age_of_leaf(const Ground& ground, PageId page) {
    ValueAge newest{0, true};
    if (ground.options.home_of && ground.options.age_of)
        note_ages(ground.options, ground.pages.bytes(page), newest);
    return newest;
}

AgeOrder compare_age(Ground& ground, const State& left, const State& right) {
    if (const int order = compare_sequences(ground.pages, left, right); order != 0)
        return {order, true};
    const ValueAge ours = newest_age(ground, left);
    const ValueAge theirs = newest_age(ground, right);
    if (ours.number != theirs.number)
        return {ours.number > theirs.number ? 1 : -1, ours.is_sure && theirs.is_sure};
    bool is_behind = false;
    if (right.has_meta)
        for_each_leaf(ground.pages, left.root,
                      [&](PageId page) { is_behind |= number(page) >= right.page_end; });
    return {is_behind ? 1 : 0, is_behind};
}

std::optional<std::uint64_t> choose_freelist(Ground& ground, State& state) {
    Survey& pages = ground.pages;
    // Where the tree has holes, the newest leaf of all must not be listed.
    const std::optional<PageId> newest = newest_leaf(ground);
    for_each_leaf(pages, state.root, [](PageId) {});
    std::uint64_t count = 0;
    std::uint64_t end = 2;
    for (std::uint64_t id = 2; id < pages.page_count(); ++id)
        if (pages.has(PageId{id}, Survey::entered)) {
            ++count;
            end = id + 1;
        } else if (is_sound_at_home(pages, PageId{id})) { // the file has never been longer
            end = std::max(end, id + pages.run_length(PageId{id}));
        }
    std::vector<FreelistFit> fits;
    for (std::uint64_t id = 2; id < pages.page_count() && fits.size() < freelists_tried_max; ++id)
        if (pages.kind(PageId{id}) == PageKind::freelist)
            if (const auto fitting = fit(pages, PageId{id}, newest, count, end))
                fits.push_back(*fitting);
    const auto best = std::ranges::min_element(fits, {}, &FreelistFit::left_over);
    // Without a value that tells its age only a list that leaves nothing over is proof.
    if (best == fits.end() || (best->left_over != 0 && !newest))
        return std::nullopt;
    state.freelist = best->page;
    state.page_end = best->end;
    return best->left_over;
}

std::optional<State> guess_beside(Ground& ground, const State& known) {
    const std::vector<Root> roots = find_roots(ground, known.root);
    if (roots.empty() || roots[0].holes != 0)
        return std::nullopt;
    return roots[0].state;
}

Result<States> guess_both(Ground& ground) {
    std::vector<Root> roots = find_roots(ground, PageId{0});
    States states;
    states.is_newest_proven = false;
    // Where one is its owner's by its names, the others are buckets of buckets.
    if (std::ranges::any_of(roots, &Root::is_recognised))
        std::erase_if(roots, [](const Root& root) { return !root.is_recognised; });
    const bool is_sure = std::ranges::any_of(
        roots, [](const Root& root) { return root.age.is_sure && root.age.number != 0; });
    if (is_sure) // an old root may look whole, if its pages are other buckets' by now
        std::ranges::stable_sort(roots, std::ranges::greater{},
                                 [](const Root& root) { return root.age.number; });
    const bool is_one_whole = !roots.empty() && (roots[0].is_accounted_for || roots[0].holes == 0);
    // An old root may look whole: its buckets lead to pages that are others' by now.
    const bool is_likely = is_one_whole && (roots[0].is_accounted_for || roots[0].is_most ||
                                            (is_sure && roots[0].is_recognised));
    if (roots.empty() || (roots.size() > 1 && !roots[0].is_recognised && !is_likely)) {
        // No root for sure: buckets come from what pages and their owner tell.
        find_parts_of_root(ground, roots);
        choose_freelist(ground, states.newest);
        states.newest.page_end = ground.pages.page_count();
        return states;
    }
    const Root first = roots[0];
    // One that leads to a damaged page may be the newest; one that leads to pages
    // of others is old.
    const bool may_be_damaged = std::ranges::any_of(roots, [&](const Root& root) {
        return root.damaged != 0 && root.state.root != first.state.root;
    });
    if (is_sure)
        std::erase_if(roots, [&](const Root& root) { return root.age.number < first.age.number; });
    else if (is_one_whole)
        std::erase_if(roots, [&](const Root& root) {
            return root.holes != first.holes || root.is_accounted_for != first.is_accounted_for;
        });
    states.newest = first.state;
    for (std::size_t i = 1; i < roots.size(); ++i) {
        const AgeOrder age = compare_age(ground, roots[i].state, states.newest);
        const State& older = age.order > 0 ? states.newest : roots[i].state;
        if (age.order == 0 || !age.is_sure)
            states.rivals.push_back(older);
        if (age.order > 0 || !states.other || age.order == 0)
            states.other = older;
        if (age.order > 0)
            states.newest = roots[i].state;
    }
    states.order_is_doubtful = !states.rivals.empty();
    states.is_newest_proven =
        (first.is_accounted_for && !may_be_damaged) || (is_one_whole && is_sure);
    return states;
}

} // namespace rebolt::salvage
