#include "salvage/recover/orphans.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/homes.hpp"

namespace rebolt::salvage {
namespace {

using format::BranchView;

/// Beyond so many holes only those are tried whose lower bound an orphan begins with.
constexpr std::size_t holes_tried_max = 256;

bool contains(const KeyRange& range, const Stretch& keys) {
    return (!range.lower || keys.first >= *range.lower) &&
           (!range.upper || keys.last < *range.upper);
}

// How high a hole's page stood above the leaves, if its bucket's leaves are known.
std::optional<int> height_of(const Ground& ground, const Hole& hole) {
    const auto level = ground.leaf_levels.find(hole.bucket);
    if (level == ground.leaf_levels.end())
        return std::nullopt;
    return int{level->second} - int{hole.level};
}

} // namespace

Orphans::Orphans(Ground& ground, const Account& account, Sink sink)
    : ground_(ground), account_(account),
      keeper_(ground, WalkMode::fill,
              [this, sink = std::move(sink)](const Kept& element) -> Result<bool> {
                  const bool has_hole = hole_ < ground_.holes.size();
                  const bool was_added = TRY(sink(element, has_hole));
                  if (was_added && has_hole)
                      ++ground_.holes[hole_].restored;
                  return was_added;
              }) {}

const std::vector<Stretch>& Orphans::covered(std::size_t hole) const {
    static const std::vector<Stretch> none;
    const auto at = covered_.find(hole);
    return at == covered_.end() ? none : at->second;
}

// An orphan with the keys below it; nullopt if those cannot be told.
std::optional<Orphans::Top> Orphans::top_at(PageId page) const {
    const Survey& pages = ground_.pages;
    Top top{
        .page = page, .last_leaf = page, .keys = {first_key(pages.bytes(page)), {}}, .height = 0};
    PageId last = page;
    while (pages.is_branch(last)) {
        const auto view = BranchView::of(pages.bytes(last));
        last = view->element(view->count() - 1U)->child;
        if (++top.height >= format::tree_depth_max || number(last) >= pages.page_count() ||
            number(last) < 2 || pages.is_displaced(last) ||
            !(pages.is_leaf(last) || pages.is_branch(last)) || count_of(pages.bytes(last)) == 0)
            return std::nullopt;
    }
    top.last_leaf = last;
    top.keys.last = last_key(pages.bytes(last));
    return top;
}

std::vector<Orphans::Top> Orphans::find_tops() const {
    std::vector<Top> tops;
    account_.mark_led_to();
    for (std::uint64_t id = 2; id < ground_.pages.page_count(); ++id) {
        const PageId page{id};
        if (!account_.is_orphan(page) || ground_.pages.has(page, Survey::led_to))
            continue;
        if (const auto top = top_at(page))
            tops.push_back(*top);
    }
    std::ranges::stable_sort(tops, {}, [](const Top& top) { return top.keys.first; });
    return tops;
}

void Orphans::find_buckets_with_buckets() {
    const Survey& pages = ground_.pages;
    with_buckets_.insert(root_bucket);
    for (std::uint64_t id = 2; id < pages.page_count(); ++id)
        if (pages.has(PageId{id}, Survey::has_buckets) && pages.home(PageId{id}) != no_bucket)
            with_buckets_.insert(pages.home(PageId{id}));
}

// Whether buckets stood in it whose pages nothing leads to now.
bool Orphans::may_hide_buckets(const Hole& hole) const {
    if (!with_buckets_.contains(hole.bucket) || hole.has_wrong_id)
        return false;
    return height_of(ground_, hole).value_or(0) <= 0;
}

bool Orphans::fits(const Hole& hole, const Top& top) const {
    if (!contains(hole.range, top.keys))
        return false;
    const auto height = height_of(ground_, hole);
    if (hole.has_wrong_id)
        return !height || *height == top.height;
    return !height || *height == top.height + 1;
}

std::optional<std::size_t> Orphans::hole_in(BucketId bucket, const Top& top) const {
    const auto [begin, end] = holes_of_.equal_range(bucket);
    for (auto at = begin; at != end; ++at)
        if (contains(ground_.holes[at->second].range, top.keys))
            return at->second;
    return std::nullopt;
}

// The one hole that it fell out of.
std::optional<std::size_t> Orphans::hole_for(const Top& top) const {
    std::optional<std::size_t> found;
    bool is_exact = false;
    if (ground_.holes.size() > holes_tried_max)
        return std::nullopt;
    for (std::size_t i = 0; i < ground_.holes.size(); ++i) {
        const Hole& hole = ground_.holes[i];
        if (hole.count == 1 || !fits(hole, top)) // a single element was no page
            continue;
        const bool exact = hole.range.lower && *hole.range.lower == top.keys.first;
        if (is_exact && !exact)
            continue;
        const bool is_other = found && ground_.holes[*found].bucket != hole.bucket;
        if (is_other && exact == is_exact)
            return std::nullopt;
        found = i;
        is_exact = exact;
    }
    if (found && is_exact && share_keys_ &&
        (hiding_ != 0 || unknown_ > (is_of_unknown_kind(ground_.holes[*found]) ? 1U : 0U)))
        return std::nullopt;
    if (found && !is_exact &&
        (hiding_ != 0 ||
         (is_of_unknown_kind(ground_.holes[*found]) && !likely_branches_.contains(*found))))
        return std::nullopt;
    return found;
}

// A bucket's root of which nothing says whether it was a branch or a leaf, which
// may have held buckets.
bool Orphans::is_of_unknown_kind(const Hole& hole) const {
    return !hole.has_wrong_id && !height_of(ground_, hole);
}

// It was a branch if two pages or more fit it, as high as each other, and none
// overlaps another: pages of several buckets would. Only if it is the only one.
void Orphans::find_likely_branches(const std::vector<Top>& tops) {
    if (unknown_ != 1 || hiding_ != 0)
        return;
    for (std::size_t i = 0; i < ground_.holes.size() && i < holes_tried_max; ++i) {
        const Hole& hole = ground_.holes[i];
        if (hole.count == 1 || !is_of_unknown_kind(hole))
            continue;
        std::size_t fitting = 0;
        bool is_likely = true;
        const Top* before = nullptr;
        for (const Top& top : tops) {
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

bool Orphans::overlaps(std::size_t hole, const Stretch& keys) const {
    return std::ranges::any_of(covered(hole), [&](const Stretch& other) {
        return keys.first <= other.last && other.first <= keys.last;
    });
}

Result<void> Orphans::put(const Top& top, BucketId bucket, const KeyRange& range,
                          std::size_t hole) {
    hole_ = hole;
    keeper_.begin(bucket, {.page = top.page, .range = range, .level = 1});
    return keeper_.run();
}

Result<void> Orphans::place() {
    find_buckets_with_buckets();
    for (std::size_t i = 0; i < ground_.holes.size(); ++i) {
        holes_of_.emplace(ground_.holes[i].bucket, i);
        hiding_ += may_hide_buckets(ground_.holes[i]) ? 1 : 0;
        unknown_ += is_of_unknown_kind(ground_.holes[i]) ? 1 : 0;
    }
    share_keys_ = hiding_ + unknown_ != 0 && do_buckets_share_keys(ground_.pages);
    const std::vector<Top> tops = find_tops();
    find_likely_branches(tops);
    for (const Top& top : tops) {
        std::optional<std::size_t> hole;
        BucketId home = ground_.pages.home(top.page);
        const auto by_owner = home_by_owner(ground_, top.last_leaf);
        if (home == no_bucket)
            home = by_owner.value_or(no_bucket);
        hole = home == no_bucket ? hole_for(top) : hole_in(home, top);
        const bool is_doubtful = ground_.pages.has(top.page, Survey::disputed) && !by_owner;
        if (!is_doubtful && hole && !overlaps(*hole, top.keys)) {
            covered_[*hole].push_back(top.keys);
            const Hole at = ground_.holes[*hole];
            TRY(put(top, at.bucket, at.range, *hole));
        } else if (!is_doubtful && !hole && home != no_bucket && by_owner == home) {
            TRY(put(top, home, {}, std::numeric_limits<std::size_t>::max()));
        } else {
            left_over_.push_back(top.page);
        }
    }
    return {};
}

} // namespace rebolt::salvage
