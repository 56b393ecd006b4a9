#include "salvage/recover/place_orphans.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/attribution.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

/// Beyond so many holes only those are tried whose lower bound an orphan begins with.
constexpr std::size_t orphan_holes_tried_max = 256;

bool contains(const KeyRange& range, const Stretch& keys) {
    return (!range.lower || keys.first >= *range.lower) &&
           (!range.upper || keys.last < *range.upper);
}

// How high a hole's page stood above the leaves, if its bucket's leaves are known.
std::optional<int> height_of(const Context& context, const Hole& hole) {
    const auto level = context.leaf_levels.find(hole.bucket);
    if (level == context.leaf_levels.end())
        return std::nullopt;
    return int{level->second} - int{hole.level};
}

} // namespace

const std::vector<Stretch>& PlaceOrphans::covered(std::size_t hole) const {
    static const std::vector<Stretch> none;
    const auto at = covered_.find(hole);
    return at == covered_.end() ? none : at->second;
}

// An orphan with the keys below it, as far as they can be told: the last child that
// is sound says which is the last.
std::optional<PlaceOrphans::Top> PlaceOrphans::top_at(PageId page) const {
    const Survey& pages = context_.pages;
    Top top{
        .page = page, .last_leaf = page, .keys = {first_key(pages.bytes(page)), {}}, .height = 0};
    PageId last = page;
    while (pages.is_branch(last)) {
        const SafeBranch view(pages.bytes(last));
        std::size_t i = view.count();
        while (i != 0 && !(is_sound_at_home(pages, view.element(i - 1).child) &&
                           view.element(i - 1).child != last &&
                           count_of(pages.bytes(view.element(i - 1).child)) != 0))
            --i;
        if (i == 0 || ++top.height >= format::tree_depth_max)
            return std::nullopt;
        last = view.element(i - 1).child;
    }
    top.last_leaf = last;
    top.keys.last = std::max(last_key(pages.bytes(last)), last_key(pages.bytes(page)));
    return top;
}

void PlaceOrphans::add_top(PageId page) {
    if (const auto top = top_at(page))
        tops_.push_back(*top);
}

void PlaceOrphans::find_tops() {
    account_.mark_led_to();
    for (std::uint64_t id = 2; id < context_.pages.page_count() && context_.pages.goes_on(); ++id)
        if (account_.is_orphan(PageId{id}) && !context_.pages.has(PageId{id}, Survey::led_to))
            add_top(PageId{id});
    std::ranges::stable_sort(tops_, {}, [](const Top& top) { return top.keys.first; });
}

// Those that a top led to, and that were not entered from there.
void PlaceOrphans::find_rest() {
    const std::set<PageId> left_over(left_over_.begin(), left_over_.end());
    tops_.clear();
    next_ = 0;
    for (std::uint64_t id = 2; id < context_.pages.page_count() && context_.pages.goes_on(); ++id)
        if (account_.is_orphan(PageId{id}) && context_.pages.is_leaf(PageId{id}) &&
            !left_over.contains(PageId{id}) && context_.pages.has(PageId{id}, Survey::led_to))
            add_top(PageId{id});
    std::ranges::stable_sort(tops_, {}, [](const Top& top) { return top.keys.first; });
}

void PlaceOrphans::find_buckets_with_buckets() {
    const Survey& pages = context_.pages;
    with_buckets_.insert(root_bucket);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (pages.has(PageId{id}, Survey::has_buckets) && pages.home(PageId{id}) != no_bucket)
            with_buckets_.insert(pages.home(PageId{id}));
}

// Whether buckets stood in it whose pages nothing leads to now.
bool PlaceOrphans::may_hide_buckets(const Hole& hole) const {
    if (!with_buckets_.contains(hole.bucket) || hole.has_wrong_id)
        return false;
    return height_of(context_, hole).value_or(0) <= 0;
}

bool PlaceOrphans::fits(const Hole& hole, const Top& top) const {
    if (!contains(hole.gap, top.keys))
        return false;
    const auto height = height_of(context_, hole);
    if (hole.has_wrong_id)
        return !height || *height == top.height;
    return !height || *height == top.height + 1;
}

std::optional<std::size_t> PlaceOrphans::hole_in(BucketId bucket, const Top& top) const {
    const auto [begin, end] = holes_of_.equal_range(bucket);
    for (auto at = begin; at != end; ++at)
        if (contains(context_.holes[at->second].gap, top.keys))
            return at->second;
    return std::nullopt;
}

// The one hole that it fell out of.
std::optional<PlaceOrphans::Fit> PlaceOrphans::hole_for(const Top& top) const {
    std::optional<std::size_t> found;
    bool is_exact = false;
    if (context_.holes.size() > orphan_holes_tried_max)
        return std::nullopt;
    for (std::size_t i = 0; i < context_.holes.size(); ++i) {
        const Hole& hole = context_.holes[i];
        if (hole.count == 1 || !fits(hole, top)) // a single element was no page
            continue;
        const bool exact = hole.range.lower && *hole.range.lower == top.keys.first;
        if (is_exact && !exact)
            continue;
        const bool is_other = found && context_.holes[*found].bucket != hole.bucket;
        if (is_other && exact == is_exact)
            return std::nullopt;
        found = i;
        is_exact = exact;
    }
    if (found && is_exact && share_keys_ &&
        (hiding_ != 0 || unknown_ > (is_of_unknown_kind(context_.holes[*found]) ? 1U : 0U)))
        return std::nullopt;
    if (found && !is_exact &&
        (hiding_ != 0 ||
         (is_of_unknown_kind(context_.holes[*found]) && !likely_branches_.contains(*found))))
        return std::nullopt;
    return found ? std::optional(Fit{*found, is_exact}) : std::nullopt;
}

// A bucket's root of which nothing says whether it was a branch or a leaf, which
// may have held buckets.
bool PlaceOrphans::is_of_unknown_kind(const Hole& hole) const {
    return !hole.has_wrong_id && !height_of(context_, hole);
}

// It was a branch if two pages or more fit it, as high as each other, and none
// overlaps another: pages of several buckets would. Only if it is the only one.
void PlaceOrphans::find_likely_branches() {
    if (unknown_ != 1 || hiding_ != 0)
        return;
    for (std::size_t i = 0; i < context_.holes.size() && i < orphan_holes_tried_max; ++i) {
        const Hole& hole = context_.holes[i];
        if (hole.count == 1 || !is_of_unknown_kind(hole))
            continue;
        std::size_t fitting = 0;
        bool is_likely = true;
        const Top* before = nullptr;
        for (const Top& top : tops_) {
            if (!fits(hole, top))
                continue;
            is_likely = is_likely && (before == nullptr || (before->keys.last < top.keys.first &&
                                                            before->height == top.height));
            before = &top;
            ++fitting;
        }
        if (is_likely && fitting >= 2)
            likely_branches_.insert(i);
    }
}

// What covers a hole was put there in order of first keys.
bool PlaceOrphans::overlaps(std::size_t hole, const Stretch& keys) const {
    const std::vector<Stretch>& stretches = covered(hole);
    return !stretches.empty() && keys.first <= stretches.back().last &&
           stretches.front().first <= keys.last;
}

Result<void> PlaceOrphans::put(const Top& top, BucketId bucket, const KeyRange& range,
                               std::size_t hole) {
    const bool has_hole = hole < context_.holes.size();
    // Without a hole: by the state before, where the bucket's root is lost too; or by its
    // owner's rules alone.
    const bool is_known =
        context_.pages.home(top.page) != no_bucket && !context_.reached.contains(bucket);
    const Found found = has_hole || is_known ? Found::in_hole : Found::by_home;
    walk_.begin(bucket, {.page = top.page, .range = range, .level = 1});
    while (const auto kept = walk_.next()) {
        TRY(context_.pulse.beat());
        const bool was_added = TRY(entries_.keep(*kept, found));
        if (!was_added && kept->is_bucket &&
            TRY(entries_.there(kept->bucket, kept->key)) != There::bucket)
            walk_.leave_out();
        if (was_added && has_hole)
            ++context_.holes[hole].restored;
    }
    return {};
}

void PlaceOrphans::prepare() {
    find_buckets_with_buckets();
    for (std::size_t i = 0; i < context_.holes.size(); ++i) {
        holes_of_.emplace(context_.holes[i].bucket, i);
        hiding_ += may_hide_buckets(context_.holes[i]) ? 1 : 0;
        unknown_ += is_of_unknown_kind(context_.holes[i]) ? 1 : 0;
    }
    share_keys_ = hiding_ + unknown_ != 0 && do_buckets_share_keys(context_.pages);
    find_tops();
    find_likely_branches();
    are_parts_of_root_ = are_parts_of_root();
}

// Only the root is missing, and what it led to are leaves of nothing but buckets,
// side by side and filled as a split leaves them: it was a branch.
bool PlaceOrphans::are_parts_of_root() const {
    const Survey& pages = context_.pages;
    if (context_.holes.size() != 1 || context_.holes[0].bucket != root_bucket ||
        context_.holes[0].level != 0 || tops_.size() < 2)
        return false;
    const std::uint64_t quarter = pages.source().page_size_bytes() / 4;
    for (std::size_t i = 0; i < tops_.size(); ++i) {
        const PageId page = tops_[i].page;
        if (!pages.is_leaf(page) || !is_root_like(pages, page) ||
            (i != 0 && tops_[i - 1].keys.last >= tops_[i].keys.first))
            return false;
        const SafeLeaf view(pages.bytes(page));
        std::uint64_t bytes = 0;
        for (std::size_t j = 0; j < view.count(); ++j)
            bytes +=
                format::element_bytes + view.element(j).key.size() + view.element(j).value.size();
        if (bytes < quarter && i + 1 != tops_.size())
            return false;
    }
    return true;
}

Result<void> PlaceOrphans::place(const Top& top) {
    Survey& pages = context_.pages;
    BucketId home = pages.home(top.page);
    const auto by_owner = home_by_owner(context_, top.last_leaf);
    std::optional<std::size_t> hole;
    if (home == no_bucket && are_parts_of_root_) {
        hole = 0;
    } else if (home == no_bucket) {
        const auto fit = hole_for(top);
        if (fit && (fit->is_exact || !by_owner))
            hole = fit->hole;
        else
            home = by_owner.value_or(no_bucket);
    }
    if (home != no_bucket)
        hole = hole_in(home, top);
    const bool is_doubtful =
        pages.has(top.page, Survey::disputed) && !by_owner && home == no_bucket;
    if (is_doubtful || (hole && overlaps(*hole, top.keys) && home == no_bucket)) {
        left_over_.push_back(top.page);
        return {};
    }
    if (hole) {
        covered_[*hole].push_back(top.keys);
        const Hole at = context_.holes[*hole];
        return put(top, at.bucket, at.gap, *hole);
    }
    if (home != no_bucket)
        return put(top, home, {}, std::numeric_limits<std::size_t>::max());
    left_over_.push_back(top.page);
    return {};
}

Result<bool> PlaceOrphans::step() {
    constexpr std::size_t tops_a_step = 64;
    if (!context_.free_pages_known)
        return false;
    if (round_ == Round::begin) {
        prepare();
        round_ = Round::tops;
        return true;
    }
    for (std::size_t i = 0; i < tops_a_step && next_ < tops_.size(); ++i)
        TRY(place(tops_[next_++]));
    if (next_ < tops_.size())
        return true;
    if (round_ == Round::tops) {
        find_rest();
        round_ = Round::rest;
        return true;
    }
    return false;
}

} // namespace rebolt::salvage
