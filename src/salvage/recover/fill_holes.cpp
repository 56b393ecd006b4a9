#include "salvage/recover/fill_holes.hpp"

#include <algorithm>
#include <set>

#include "base/try.hpp"

namespace rebolt::salvage {

void FillHoles::prepare() {
    if (context_.free_pages_known)
        pages_missing_ = Account(context_, context_.states.newest).pages_missing();
    filler_.prepare();
}

// All pages of the newest state were found but the hole's own, and that one held
// nothing itself: then there is nothing to fill in.
bool FillHoles::is_found_again(std::size_t index) const {
    if (!context_.free_pages_known || pages_missing_ != 0 || !orphans_.left_over().empty())
        return false;
    const Hole& hole = context_.holes[index];
    if (hole.has_wrong_id)
        return !orphans_.covered(index).empty();
    const auto leaf_level = context_.leaf_levels.find(hole.bucket);
    return hole.count == 0 && !orphans_.covered(index).empty() &&
           leaf_level != context_.leaf_levels.end() && leaf_level->second > hole.level;
}

Result<void> FillHoles::fill(std::size_t hole) {
    if (is_found_again(hole))
        return {};
    const auto& covered = orphans_.covered(hole);
    TRY(filler_.fill(hole, covered));
    for (std::size_t donor = 0; donor < context_.donors.size(); ++donor)
        TRY(filler_.fill_from_donor(hole, context_.donors[donor], donor, covered));
    return {};
}

Result<bool> FillHoles::step() {
    constexpr std::uint64_t holes_a_step = 64;
    if (!has_begun_)
        prepare();
    has_begun_ = true;
    for (std::uint64_t i = 0; i < holes_a_step && next_hole_ < context_.holes.size(); ++i) {
        TRY(context_.pulse.beat());
        TRY(fill(next_hole_++));
    }
    if (next_hole_ < context_.holes.size())
        return true;
    if (!has_looked_for_lost_buckets_) {
        has_looked_for_lost_buckets_ = true;
        add_holes_of_lost_buckets();
        return true;
    }
    if (!has_added_other_ && context_.states.order_is_doubtful && context_.states.other) {
        has_added_other_ = true;
        TRY(add_other_state());
        return true;
    }
    return false;
}

// Whether the newest state may have had the bucket: it is there, or the part of
// the tree that would show it is damaged.
bool FillHoles::may_have_been_lost(BucketId bucket) const {
    for (BucketId at = bucket; at != root_bucket; at = context_.buckets.parent(at)) {
        const std::string name = context_.buckets.path(at).back();
        const BucketId parent = context_.buckets.parent(at);
        for (const Hole& hole : context_.holes)
            if (hole.bucket == parent && (!hole.gap.lower || name >= *hole.gap.lower) &&
                (!hole.gap.upper || name < *hole.gap.upper))
                return true;
    }
    return false;
}

// Buckets that nothing leads to any more, though leaves of theirs are left.
void FillHoles::add_holes_of_lost_buckets() {
    const Survey& pages = context_.pages;
    std::set<BucketId> known;
    std::set<BucketId> lost;
    for (const Hole& hole : context_.holes)
        known.insert(hole.bucket);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const BucketId home = pages.home(PageId{id});
        if (home != no_bucket && pages.is_leaf(PageId{id}) &&
            !pages.has(PageId{id}, Survey::used) && !context_.reached.contains(home))
            lost.insert(home);
    }
    for (const BucketId bucket : lost)
        if (!known.contains(bucket) && may_have_been_lost(bucket))
            context_.holes.push_back({.bucket = bucket,
                                      .range = {},
                                      .gap = {},
                                      .page = PageId{0},
                                      .code = FindingCode::bucket_root_out_of_range,
                                      .has_wrong_id = true});
}

// What only the other state has, when either may be the newer one.
Result<void> FillHoles::add_other_state() {
    Survey& pages = context_.pages;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        TRY(context_.pulse.beat());
        if (pages.kind(page) != PageKind::leaf || !pages.has(page, Survey::in_previous) ||
            pages.has(page, Survey::used) || count_of(pages.bytes(page)) == 0)
            continue;
        TRY(filler_.add_leaf(pages.home(page), page));
        pages.set_run(page, Survey::used);
    }
    return {};
}

} // namespace rebolt::salvage
