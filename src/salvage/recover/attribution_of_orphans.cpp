// Whose the pages are that nothing leads to: by the state before, and by old roots.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "salvage/recover/account.hpp"
#include "salvage/recover/attribution.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {

namespace {

// A sound page that is in use, and that the newest tree does not lead to.
bool is_unreached(const Survey& pages, PageId page) {
    return !pages.has(page, Survey::entered) && !pages.has(page, Survey::free) &&
           !pages.has(page, Survey::outdated) && pages.kind(page) == PageKind::leaf &&
           count_of(pages.bytes(page)) != 0;
}

// The children of one branch, as far as they are what it says: their keys fit, and they
// are all leaves, or all branches.
class Children {
public:
    Children(const Survey& pages, PageId branch) : pages_(pages), view_(pages.bytes(branch)) {
        for (std::size_t i = 0; i < view_.count(); ++i) {
            is_old_ = is_old_ || pages_.has(view_.element(i).child, Survey::free);
            if (fits(i))
                ++(pages_.is_leaf(view_.element(i).child) ? leaves_ : branches_);
        }
    }

    /// Those that are, of the kind that most of them have.
    [[nodiscard]] std::vector<PageId> fitting() const {
        std::vector<PageId> fitting;
        for (std::size_t i = 0; i < view_.count(); ++i)
            if (const PageId child = view_.element(i).child;
                fits(i) && pages_.is_leaf(child) == (leaves_ > branches_))
                fitting.push_back(child);
        return fitting;
    }

    /// Those that are not, and have no key that would fit, if the others are most of all.
    /// None where the branch leads to a free page: then it is old itself.
    [[nodiscard]] std::vector<PageId> strangers() const {
        std::vector<PageId> strangers;
        if (is_old_ || std::max(leaves_, branches_) * 2 <= view_.count())
            return strangers;
        for (std::size_t i = 0; i < view_.count(); ++i)
            if (const PageId child = view_.element(i).child;
                is_sound_at_home(pages_, child) &&
                (pages_.is_leaf(child) != (leaves_ > branches_) || !has_key_for(i)))
                strangers.push_back(child);
        return strangers;
    }

private:
    [[nodiscard]] bool fits(std::size_t index) const {
        const auto element = view_.element(index);
        if (!is_sound_at_home(pages_, element.child) || pages_.has(element.child, Survey::free) ||
            count_of(pages_.bytes(element.child)) == 0)
            return false;
        const Bytes child = pages_.bytes(element.child);
        return (index == 0 || first_key(child) >= element.key) &&
               (index + 1 == view_.count() || last_key(child) < view_.element(index + 1).key);
    }

    // An older version of the right page has some; and if the branch is the older version,
    // the page has some too.
    [[nodiscard]] bool has_key_for(std::size_t index) const {
        const auto fits_there = [&](std::string_view key) {
            return (index == 0 || key >= view_.element(index).key) &&
                   (index + 1 == view_.count() || key < view_.element(index + 1).key);
        };
        const PageId child = view_.element(index).child;
        const Bytes bytes = pages_.bytes(child);
        for (std::size_t i = 0; i < count_of(bytes); ++i)
            if (fits_there(pages_.is_leaf(child) ? SafeLeaf(bytes).element(i).key
                                                 : SafeBranch(bytes).element(i).key))
                return true;
        return false;
    }

    const Survey& pages_;
    SafeBranch view_;
    bool is_old_ = false;
    std::size_t leaves_ = 0;
    std::size_t branches_ = 0;
};

bool is_branch_in_use(const Survey& pages, PageId page) {
    return pages.kind(page) == PageKind::branch && !pages.has(page, Survey::free);
}

// Pages that fit a branch which leads to them.
std::vector<bool> pages_at_home(const Survey& pages) {
    std::vector<bool> at_home(pages.page_count());
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (is_branch_in_use(pages, PageId{id}))
            for (const PageId child : Children(pages, PageId{id}).fitting())
                at_home[number(child)] = true;
    return at_home;
}

bool leads_to(const Survey& pages, PageId page, PageId child) {
    const std::vector<PageId> children = Children(pages, page).fitting();
    return std::ranges::find(children, child) != children.end();
}

// True if `page` is `branch`, or its parent: then what is wrong is that `branch` leads to it.
bool is_above(const Survey& pages, PageId page, PageId branch) {
    return page == branch || (is_branch_in_use(pages, page) && leads_to(pages, page, branch));
}

// The newest commit wrote a page, and its branch: where it does not fit there, and nowhere
// else, what stands there is what stood there before.
void mark_strangers(Survey& pages) {
    const std::vector<bool> at_home = pages_at_home(pages);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId branch{id};
        if (!is_branch_in_use(pages, branch) || !pages.has(branch, Survey::written))
            continue;
        for (const PageId page : Children(pages, branch).strangers())
            if (pages.has(page, Survey::written) && !pages.has(page, Survey::free) &&
                !at_home[number(page)] && !is_above(pages, page, branch))
                pages.set(page, Survey::outdated);
    }
}

// Whose the leaves are that the newest commit wrote, by what stands in them: it
// changed few of a leaf's elements, so the others are in the state before, in the
// bucket that the leaf is of.
class Likeness {
public:
    explicit Likeness(Context& context) : context_(context), pages_(context.pages) {}

    Result<void> run() {
        for (std::uint64_t id = 2; id < pages_.page_count() && pages_.goes_on(); ++id)
            if (is_in_doubt(PageId{id}))
                TRY(collect(PageId{id}));
        if (elements_.empty())
            return {};
        std::ranges::sort(elements_);
        for (std::uint64_t id = 2; id < pages_.page_count() && pages_.goes_on(); ++id)
            if (pages_.kind(PageId{id}) == PageKind::leaf &&
                pages_.has(PageId{id}, Survey::in_previous) && pages_.home(PageId{id}) != no_bucket)
                TRY(compare(PageId{id}));
        for (std::size_t i = 0; i < leaves_.size(); ++i)
            decide(i);
        return {};
    }

private:
    [[nodiscard]] bool is_in_doubt(PageId page) const {
        const bool is_new = context_.in_flight ? !pages_.has(page, Survey::in_previous)
                                               : pages_.has(page, Survey::written);
        return pages_.kind(page) == PageKind::leaf && !pages_.has(page, Survey::free) &&
               !pages_.has(page, Survey::outdated) && is_new && count_of(pages_.bytes(page)) != 0;
    }
    static std::size_t hash_of(const format::LeafElement& element) {
        constexpr std::size_t odd = 0x9E37'79B9'7F4A'7C15;
        return std::hash<std::string_view>{}(element.key) * odd +
               std::hash<std::string_view>{}(element.value);
    }
    Result<void> collect(PageId page) {
        const auto number_of_leaf = static_cast<std::uint32_t>(leaves_.size());
        leaves_.push_back(page);
        votes_.emplace_back();
        const SafeLeaf view(pages_.bytes(page));
        for (std::size_t i = 0; i < view.count(); ++i) {
            TRY(context_.pulse.beat());
            elements_.emplace_back(hash_of(view.element(i)), number_of_leaf);
        }
        return {};
    }
    Result<void> compare(PageId page) {
        const SafeLeaf view(pages_.bytes(page));
        for (std::size_t i = 0; i < view.count(); ++i) {
            TRY(context_.pulse.beat());
            const auto element = view.element(i);
            const std::size_t hash = hash_of(element);
            for (auto at = std::ranges::lower_bound(elements_, std::pair(hash, std::uint32_t{0}));
                 at != elements_.end() && at->first == hash; ++at)
                ++votes_[at->second][pages_.home(page)];
        }
        return {};
    }
    void decide(std::size_t leaf) {
        constexpr std::size_t clear_lead = 4;
        BucketId best = no_bucket;
        std::size_t most = 0;
        std::size_t all = 0;
        for (const auto& [home, count] : votes_[leaf]) {
            all += count;
            if (count > most) {
                most = count;
                best = home;
            }
        }
        if (most != 0 && (all - most) * clear_lead <= most)
            pages_.set_home(leaves_[leaf], best);
    }

    Context& context_;
    Survey& pages_;
    std::vector<PageId> leaves_; ///< in doubt
    std::vector<std::map<BucketId, std::size_t>> votes_;
    std::vector<std::pair<std::size_t, std::uint32_t>> elements_; ///< hashes, and their leaves
};

} // namespace

bool names_others(Context& context, BucketId bucket, PageId leaf) {
    const Survey& pages = context.pages;
    if (!pages.has(leaf, Survey::has_buckets))
        return false;
    const SafeLeaf view(pages.bytes(leaf));
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        const auto inside = format::BucketView::of(element.value);
        if (!element.is_bucket() || !inside || inside->is_inline() ||
            !pages.is_in_file(inside->root()))
            continue;
        const PageId root = inside->root();
        if (pages.has(root, Survey::free) ||
            (bucket != no_bucket && pages.has(root, Survey::in_previous) &&
             pages.home(root) != context.buckets.inside(bucket, element.key)))
            return true;
    }
    return false;
}

Result<void> attribute_orphans(Context& context) {
    Survey& pages = context.pages;
    if (!context.distrusts_newest() || !(context.knows_previous || context.in_flight))
        return {};
    mark_strangers(pages);
    TRY(Likeness(context).run());
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (is_unreached(pages, PageId{id}) && pages.has(PageId{id}, Survey::written) &&
            names_others(context, pages.home(PageId{id}), PageId{id}))
            pages.set(PageId{id}, Survey::outdated);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (is_unreached(pages, PageId{id}) && pages.home(PageId{id}) != no_bucket)
            context.orphans_of[pages.home(PageId{id})].push_back(
                {first_key(pages.bytes(PageId{id})), last_key(pages.bytes(PageId{id})),
                 PageId{id}});
    for (auto& [home, stretches] : context.orphans_of)
        std::ranges::sort(stretches, {}, &Stretch::last);
    return {};
}

namespace {

using Names = std::set<std::string_view>;

Names keys_in(const Survey& pages, PageId page) {
    Names names;
    if (!is_sound_at_home(pages, page) || !pages.is_leaf(page))
        return names;
    const SafeLeaf view(pages.bytes(page));
    for (std::size_t i = 0; i < view.count(); ++i)
        names.insert(view.element(i).key);
    return names;
}

bool are_alike(const Names& left, const Names& right) {
    const auto common = static_cast<std::size_t>(
        std::ranges::count_if(left, [&](std::string_view name) { return right.contains(name); }));
    return common != 0 && common * 2 >= left.size() && common * 2 >= right.size();
}

// Orphans that no other orphan leads to, with the keys of those that are leaves.
class NamesOfOrphans {
public:
    explicit NamesOfOrphans(Context& context) : context_(context), pages_(context.pages) {
        Account account(context, context.states.newest);
        account.mark_led_to();
        for (std::uint64_t id = 2;
             id < pages_.page_count() && tops_.size() < tops_max && pages_.goes_on(); ++id)
            if (account.is_orphan(PageId{id}) && !pages_.has(PageId{id}, Survey::led_to))
                tops_.push_back({PageId{id}, keys_in(pages_, PageId{id}), {}});
    }

    void ask(PageId root) {
        const SafeLeaf view(pages_.bytes(root));
        for (std::size_t i = 0; i < view.count(); ++i) {
            const auto element = view.element(i);
            const auto bucket = format::BucketView::of(element.value);
            if (!bucket || bucket->is_inline())
                continue;
            const Names keys = keys_in(pages_, bucket->root());
            for (Top& top : tops_)
                if (top.page == bucket->root() || are_alike(top.keys, keys))
                    top.names.insert(element.key);
        }
    }

    void decide() {
        for (const Top& top : tops_)
            if (top.names.size() == 1)
                pages_.set_home(top.page, context_.buckets.inside(root_bucket, *top.names.begin()));
    }

private:
    static constexpr std::size_t tops_max = 64;
    struct Top {
        PageId page;
        Names keys;
        Names names; ///< that old roots give it
    };
    Context& context_;
    Survey& pages_;
    std::vector<Top> tops_;
};

} // namespace

std::vector<bool> named_as_bucket(const Survey& pages) {
    std::vector<bool> is_named(pages.page_count());
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        if (!pages.has(PageId{id}, Survey::has_buckets))
            continue;
        const SafeLeaf leaf(pages.bytes(PageId{id}));
        for (std::size_t i = 0; i < leaf.count(); ++i) {
            const auto element = leaf.element(i);
            const auto bucket = format::BucketView::of(element.value);
            if (element.is_bucket() && bucket && pages.is_in_file(bucket->root()))
                is_named[number(bucket->root())] = true;
        }
    }
    return is_named;
}

void name_by_old_roots(Context& context) {
    const Survey& pages = context.pages;
    if (!context.free_pages_known || context.in_flight ||
        is_sound_at_home(pages, context.states.newest.root) ||
        (context.states.other && is_sound_at_home(pages, context.states.other->root)))
        return;
    NamesOfOrphans orphans(context);
    const std::vector<bool> is_named = named_as_bucket(pages);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (pages.kind(PageId{id}) == PageKind::leaf && pages.has(PageId{id}, Survey::free) &&
            is_root_like(pages, PageId{id}) && !is_named[id])
            orphans.ask(PageId{id});
    orphans.decide();
}

void name_the_rest(Context& context) {
    Survey& pages = context.pages;
    const auto leaf = first_leaf(pages, context.in_flight->root);
    if (!context.free_pages_known || !leaf)
        return;
    spread_homes(context);
    const Account account(context, context.states.newest);
    account.mark_led_to();
    std::set<BucketId> known;
    std::vector<PageId> nameless;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        if (!account.is_orphan(page) || pages.has(page, Survey::led_to))
            continue;
        if (pages.home(page) == no_bucket)
            nameless.push_back(page);
        else
            known.insert(pages.home(page));
    }
    std::vector<BucketId> left;
    const SafeLeaf root(pages.bytes(*leaf));
    for (std::size_t i = 0; i < root.count(); ++i) {
        const auto bucket = format::BucketView::of(root.element(i).value);
        const BucketId inside = context.buckets.inside(root_bucket, root.element(i).key);
        if (bucket && !bucket->is_inline() && !known.contains(inside))
            left.push_back(inside);
    }
    pages.clear_all(Survey::led_to);
    if (left.size() != 1 || nameless.size() != 1)
        return;
    pages.set_home(nameless.front(), left.front());
    context.named_by_rest.insert(left.front());
}

} // namespace rebolt::salvage
