#include "salvage/recover/guess.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include <rebolt/content_sample.hpp>

#include "salvage/recover/age.hpp"
#include "salvage/recover/freelist_of_state.hpp"
#include "salvage/recover/previous.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

using format::BucketView;

constexpr std::size_t roots_tried_max = 64;

// Marks what sound branches lead to, where the key there is right.
void mark_children(Survey& pages) {
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        if (!pages.is_branch(page))
            continue;
        const SafeBranch view(pages.bytes(page));
        for (std::size_t i = 0; i < view.count(); ++i) {
            const auto element = view.element(i);
            if (is_sound_at_home(pages, element.child) && element.child != page &&
                count_of(pages.bytes(element.child)) != 0 &&
                first_key(pages.bytes(element.child)) == element.key)
                pages.set(element.child, Survey::led_to);
        }
    }
}

std::set<std::string_view> names_in(const Survey& pages, PageId leaf) {
    std::set<std::string_view> names;
    const SafeLeaf view(pages.bytes(leaf));
    for (std::size_t i = 0; i < view.count(); ++i)
        names.insert(view.element(i).key);
    return names;
}

// An old root may name a page that has since become a newer root: the two have
// mostly the same names in them. A bucket of buckets has others.
bool is_later_version(const Survey& pages, const std::set<std::string_view>& ours, PageId root) {
    const auto other = first_leaf(pages, root);
    if (!other)
        return false;
    const auto theirs = names_in(pages, *other);
    const auto common =
        std::ranges::count_if(theirs, [&](std::string_view name) { return ours.contains(name); });
    return common != 0 && static_cast<std::size_t>(common) * 2 >= theirs.size();
}

// Marks what leaves name as buckets, and finds the leaves that are out of date.
class NamedBuckets {
public:
    explicit NamedBuckets(Survey& pages) : pages_(pages), asked_(pages.page_count()) {}

    [[nodiscard]] std::set<PageId> mark() {
        for (std::uint64_t id = 2; id < pages_.page_count() && pages_.goes_on(); ++id)
            if (pages_.has(PageId{id}, Survey::has_buckets))
                mark_in(PageId{id});
        return std::move(outdated_);
    }

private:
    void mark_in(PageId page) {
        const SafeLeaf leaf(pages_.bytes(page));
        std::set<std::string_view> names; // of the leaf, once they are needed
        std::set<PageId> roots;
        for (std::size_t i = 0; i < leaf.count() && pages_.goes_on(); ++i) {
            const auto element = leaf.element(i);
            const auto bucket = BucketView::of(element.value);
            if (!element.is_bucket() || !bucket || !is_sound_at_home(pages_, bucket->root()) ||
                bucket->root() == page || !roots.insert(bucket->root()).second)
                continue;
            if (!may_be_later(bucket->root())) {
                pages_.set(bucket->root(), Survey::led_to);
                continue;
            }
            if (names.empty())
                names = names_in(pages_, page);
            if (is_later_version(pages_, names, bucket->root()))
                outdated_.insert(page);
            else
                pages_.set(bucket->root(), Survey::led_to);
        }
    }
    // A newer root is named by few: beyond them its names are not read again.
    [[nodiscard]] bool may_be_later(PageId root) {
        constexpr std::uint8_t asked_max = 64;
        if (!is_root_like(pages_, root) || asked_[number(root)] == asked_max)
            return false;
        ++asked_[number(root)];
        return true;
    }

    Survey& pages_;
    std::vector<std::uint8_t> asked_; ///< of each page, how often
    std::set<PageId> outdated_;
};

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

// Whether what lies below these leaves, taken together as the root, is of the
// file's owner.
bool is_recognised(const Context& context, const std::vector<PageId>& leaves) {
    const OwnerRules& rules = context.options.owners;
    if (!rules)
        return false;
    const Owner owner = rules.identify(sample_content(context.pages.source(), leaves));
    return owner != Owner::unknown && (context.owner == Owner::unknown || owner == context.owner);
}

// Roots, the best first: those with a freelist that fits, those with few holes.
std::vector<Root> find_roots(Context& context, PageId known) {
    Survey& pages = context.pages;
    mark_children(pages);
    const std::set<PageId> outdated = NamedBuckets(pages).mark();
    std::uint64_t leaves_in_all = 0;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        leaves_in_all += pages.kind(PageId{id}) == PageKind::leaf ? 1 : 0;
    std::vector<Root> roots;
    for (std::uint64_t id = 2;
         id < pages.page_count() && roots.size() < roots_tried_max && pages.goes_on(); ++id) {
        const PageId page{id};
        if (page == known || !is_sound_at_home(pages, page) || pages.has(page, Survey::led_to) ||
            !is_root_like(pages, page) || outdated.contains(first_leaf(pages, page).value_or(page)))
            continue;
        Root root;
        root.state.root = page;
        root.state.page_end = pages.page_count();
        root.holes = for_each_leaf(
            pages, page, [&](PageId) { ++root.leaves; },
            [&](PageId hole) { root.damaged += is_damaged(pages, hole) ? 1 : 0; });
        root.is_accounted_for = choose_freelist(context, root.state) == 0;
        root.is_recognised = is_recognised(context, {first_leaf(pages, page).value_or(page)});
        root.age = newest_age(context, root.state);
        root.is_most = root.leaves * 2 >= leaves_in_all;
        roots.push_back(root);
    }
    pages.clear_all(Survey::led_to);
    std::ranges::stable_sort(roots, [](const Root& a, const Root& b) {
        return std::tuple(!a.is_accounted_for, a.holes, b.leaves) <
               std::tuple(!b.is_accounted_for, b.holes, a.leaves);
    });
    return roots;
}

// The root itself may have been a branch: its leaves are then what looks like
// roots, if all their names together are their owner's.
void find_parts_of_root(Context& context, const std::vector<Root>& roots) {
    std::vector<PageId> leaves;
    for (const Root& root : roots)
        if (const auto leaf = first_leaf(context.pages, root.state.root))
            leaves.push_back(*leaf);
    if (leaves.empty() || !is_recognised(context, leaves))
        return;
    for (const PageId leaf : leaves)
        context.pages.set_home(leaf, root_bucket);
}

} // namespace

std::optional<PageId> find_root_of(Context& context, const State& state) {
    if (state.freelist == no_freelist) // then any whole tree would do
        return std::nullopt;
    const std::vector<Root> roots = find_roots(context, PageId{0});
    for (const Root& root : roots) {
        State tried = state;
        tried.root = root.state.root;
        if (root.holes == 0 && is_accounted_for(context, tried))
            return tried.root;
    }
    return std::nullopt;
}

std::optional<State> guess_beside(Context& context, const State& known) {
    const std::vector<Root> roots = find_roots(context, known.root);
    if (roots.empty() || roots[0].holes != 0)
        return std::nullopt;
    return roots[0].state;
}

States guess_both(Context& context) {
    std::vector<Root> roots = find_roots(context, PageId{0});
    States states;
    states.is_newest_proven = false;
    // Where one is its owner's by its names, the others are buckets of buckets.
    if (std::ranges::any_of(roots, &Root::is_recognised)) {
        std::erase_if(roots, [](const Root& root) { // one that is damaged may be its owner's too
            return !root.is_recognised && root.damaged == 0;
        });
        std::ranges::stable_partition(roots, &Root::is_recognised);
    }
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
        find_parts_of_root(context, roots);
        choose_freelist(context, states.newest);
        states.newest.page_end = context.pages.page_count();
        return states;
    }
    const Root first = roots[0];
    if (context.owner == Owner::unknown && first.is_recognised) {
        const std::array leaves{
            first_leaf(context.pages, first.state.root).value_or(first.state.root)};
        context.owner =
            context.options.owners.identify(sample_content(context.pages.source(), leaves));
    }
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
        const AgeOrder age = compare_age(context, roots[i].state, states.newest);
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
