#include "salvage/recover/work.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/recover/homes.hpp"

namespace rebolt {

using salvage::Account;
using salvage::BucketId;
using salvage::count_of;
using salvage::first_key;
using salvage::Hole;
using salvage::is_root_like;
using salvage::Kept;
using salvage::lost_and_found_name;
using salvage::no_bucket;
using salvage::Output;
using salvage::PageKind;
using salvage::root_bucket;
using salvage::spread_homes;
using salvage::State;
using salvage::Stretch;
using salvage::Survey;
using salvage::TreeKeeper;
using salvage::WalkMode;

namespace {

constexpr std::uint64_t holes_a_step = 64;

} // namespace

// Of pages that fill holes. Those that a page led to are used by now.
Provenance Recovery::Work::provenance_of(PageId page) const {
    const bool is_live = ground_.free_pages_known && !pages_.has(page, Survey::free) &&
                         pages_.has(page, Survey::used);
    if (is_live && !states_.order_is_doubtful && states_.is_newest_proven)
        return Provenance::current;
    return is_live || pages_.has(page, Survey::in_previous) ? Provenance::previous
                                                            : Provenance::stale;
}

// Whether another page than the one that the freelist calls free may be the true
// one. Cost: O(pages) the first time.
bool Recovery::Work::may_be_elsewhere(const TreeKeeper::Suspect& suspect) {
    const Account account(ground_, states_.newest);
    const auto first_of = [&](PageId page) { return first_key(pages_.bytes(page)); };
    if (!live_pages_damaged_) {
        live_pages_damaged_ = 0;
        for (std::uint64_t id = 2; id < pages_.page_count(); ++id)
            if (account.is_orphan(PageId{id}))
                live_pages_.push_back(PageId{id});
        std::ranges::stable_sort(live_pages_, {}, first_of);
        live_pages_damaged_ = account.pages_missing() - live_pages_.size();
    }
    const format::KeyRange& range = suspect.step.range;
    if (!range.lower && !range.upper) // everything would fit
        return false;
    auto at = range.lower ? std::ranges::lower_bound(live_pages_, *range.lower, {}, first_of)
                          : live_pages_.begin();
    for (; at != live_pages_.end() && (!range.upper || first_of(*at) < *range.upper); ++at)
        if (account.is_orphan(*at) && !is_below(*at, suspect.step.page))
            return true;
    return false;
}

// Whether a page's branch leads to another.
bool Recovery::Work::is_below(PageId page, PageId branch) const {
    if (!pages_.is_branch(branch))
        return false;
    const auto view = format::BranchView::of(pages_.bytes(branch));
    for (std::size_t i = 0; i < view->count(); ++i)
        if (view->element(i)->child == page)
            return true;
    return false;
}

// A page of the tree that the freelist calls free: if another page may be the
// true one, the tree's pointer is wrong, else the freelist is.
Result<bool> Recovery::Work::next_suspect() {
    auto& suspects = keeper_.suspects();
    while (!suspects.empty()) {
        const TreeKeeper::Suspect suspect = suspects.back();
        suspects.pop_back();
        if (ground_.free_pages_known && may_be_elsewhere(suspect)) {
            ground_.holes.push_back({.bucket = suspect.bucket,
                                     .range = suspect.step.range,
                                     .page = suspect.step.page,
                                     .code = FindingCode::page_reachable_but_free,
                                     .has_wrong_id = true,
                                     .level = suspect.step.level});
            continue;
        }
        if (ground_.free_pages_known) { // then no page is free for sure
            pages_.clear_all(Survey::free);
            ground_.free_pages_known = false;
            are_suspects_current_ =
                *live_pages_damaged_ == 0 && std::ranges::none_of(live_pages_, [&](PageId page) {
                    return !is_below(page, suspect.step.page) &&
                           std::ranges::none_of(suspects, [&](const auto& other) {
                               return is_below(page, other.step.page);
                           });
                });
        }
        is_keeping_suspect_ = true;
        keeper_.begin(suspect.bucket, suspect.step);
        return true;
    }
    return false;
}

Result<void> Recovery::Work::prepare_to_fill() {
    report_.is_whole = ground_.holes.empty() && wrong_in_root_ == 0 &&
                       ground_.wrong_elements == 0 && !states_.order_is_doubtful;
    const bool is_needed = !ground_.holes.empty() || states_.order_is_doubtful;
    if (!is_needed || options_.policy == RecoverPolicy::newest_whole) {
        stage_ = RecoverStage::check;
        return {};
    }
    stage_ = RecoverStage::fill;
    TreeKeeper learner(ground_, WalkMode::learn, {});
    const auto learn = [&](const State& state) {
        learner.begin(root_bucket, {.page = state.root, .range = {}, .level = 0});
        return learner.run();
    };
    if (states_.other)
        TRY(learn(*states_.other));
    for (const State& rival : states_.rivals)
        TRY(learn(rival));
    spread_homes(ground_);
    TRY(place_orphans());
    filler_->prepare();
    return {};
}

Result<void> Recovery::Work::place_orphans() {
    if (!ground_.free_pages_known)
        return {};
    const Account account(ground_, states_.newest);
    orphans_.emplace(ground_, account, [this](const Kept& kept, bool has_hole) -> Result<bool> {
        if ((kept.bucket.empty() && !kept.is_bucket) ||
            TRY(output_->there(kept.bucket, kept.key)) != Output::There::nothing)
            return false;
        TRY(output_->add(kept, has_hole ? provenance_of(kept.page) : Provenance::previous));
        return true;
    });
    TRY(orphans_->place());
    pages_missing_ = account.pages_missing();
    return {};
}

// All pages of the newest state were found but the hole's own, and that one held
// nothing itself: then there is nothing to fill in.
bool Recovery::Work::is_found_again(std::size_t index) const {
    if (!orphans_ || pages_missing_ != 0 || !orphans_->left_over().empty())
        return false;
    const Hole& hole = ground_.holes[index];
    if (hole.has_wrong_id)
        return !orphans_->covered(index).empty();
    const auto leaf_level = ground_.leaf_levels.find(hole.bucket);
    return hole.count == 0 && !orphans_->covered(index).empty() &&
           leaf_level != ground_.leaf_levels.end() && leaf_level->second > hole.level;
}

Result<void> Recovery::Work::fill_some() {
    static const std::vector<Stretch> none;
    for (std::uint64_t i = 0; i < holes_a_step && next_hole_ < ground_.holes.size(); ++i) {
        const std::size_t hole = next_hole_++;
        if (is_found_again(hole))
            continue;
        const auto& covered = orphans_ ? orphans_->covered(hole) : none;
        TRY(filler_->fill(hole, covered));
        for (std::size_t donor = 0; donor < donors_.size(); ++donor)
            TRY(filler_->fill_from_donor(hole, donors_[donor], donor, covered));
    }
    if (!has_looked_for_lost_buckets_)
        add_holes_of_lost_buckets();
    if (next_hole_ < ground_.holes.size())
        return {};
    if (states_.order_is_doubtful && states_.other)
        TRY(add_other_state());
    if (next_hole_ < ground_.holes.size())
        return {};
    TRY(add_lost_and_found());
    report_holes();
    stage_ = RecoverStage::check;
    return {};
}

// Whether the newest state may have had the bucket: it is there, or the part of
// the tree that would show it is damaged.
bool Recovery::Work::may_have_been_lost(BucketId bucket) const {
    for (BucketId at = bucket; at != root_bucket; at = buckets_.parent(at)) {
        const std::string name = buckets_.path(at).back();
        const BucketId parent = buckets_.parent(at);
        for (const Hole& hole : ground_.holes)
            if (hole.bucket == parent && (!hole.range.lower || name >= *hole.range.lower) &&
                (!hole.range.upper || name < *hole.range.upper))
                return true;
    }
    return false;
}

// Buckets that nothing leads to any more, though leaves of theirs are left.
void Recovery::Work::add_holes_of_lost_buckets() {
    has_looked_for_lost_buckets_ = true;
    std::set<BucketId> known;
    std::set<BucketId> lost;
    for (const Hole& hole : ground_.holes)
        known.insert(hole.bucket);
    for (std::uint64_t id = 2; id < pages_.page_count(); ++id) {
        const BucketId home = pages_.home(PageId{id});
        if (home == no_bucket || !pages_.is_leaf(PageId{id}))
            continue;
        if (pages_.has(PageId{id}, Survey::used))
            known.insert(home);
        else
            lost.insert(home);
    }
    for (const BucketId bucket : lost)
        if (!known.contains(bucket) && may_have_been_lost(bucket))
            ground_.holes.push_back({.bucket = bucket,
                                     .range = {},
                                     .page = PageId{0},
                                     .code = FindingCode::bucket_root_out_of_range,
                                     .has_wrong_id = true});
}

// What only the other state has, when either may be the newer one.
Result<void> Recovery::Work::add_other_state() {
    for (std::uint64_t id = 2; id < pages_.page_count(); ++id) {
        const PageId page{id};
        if (pages_.kind(page) != PageKind::leaf || !pages_.has(page, Survey::in_previous) ||
            pages_.has(page, Survey::used) || count_of(pages_.bytes(page)) == 0)
            continue;
        TRY(filler_->add_leaf(pages_.home(page), page));
        pages_.set_run(page, Survey::used);
    }
    return {};
}

Result<void> Recovery::Work::add_to_lost_and_found(PageId page) {
    const BucketId bucket = buckets_.inside(buckets_.inside(root_bucket, lost_and_found_name),
                                            fmt::format("{}", number(page)));
    const std::size_t holes = ground_.holes.size();
    TreeKeeper keeper(ground_, WalkMode::fill, [&](const Kept& kept) -> Result<bool> {
        if (TRY(output_->there(kept.bucket, kept.key)) != Output::There::nothing)
            return false;
        TRY(output_->add(kept,
                         ground_.free_pages_known ? Provenance::previous : Provenance::stale));
        return true;
    });
    keeper.begin(bucket, {.page = page, .range = {}, .level = 0});
    TRY(keeper.run());
    ground_.holes.resize(holes); // what it lacks nobody knows
    return {};
}

Result<void> Recovery::Work::add_lost_and_found() {
    if (orphans_)
        for (const PageId page : orphans_->left_over())
            if (!pages_.has(page, Survey::used))
                TRY(add_to_lost_and_found(page));
    if (ground_.free_pages_known)
        return {};
    for (std::uint64_t id = 2; id < pages_.page_count(); ++id) {
        const PageId page{id};
        if (pages_.kind(page) == PageKind::leaf && !pages_.has(page, Survey::used) &&
            !pages_.has(page, Survey::bad) && !pages_.has(page, Survey::in_previous) &&
            pages_.home(page) == no_bucket && count_of(pages_.bytes(page)) != 0 &&
            !is_root_like(pages_, page))
            TRY(add_to_lost_and_found(page));
    }
    return {};
}

// How many keys a hole's page should have given.
std::uint64_t Recovery::Work::expected_in(const Hole& hole) const {
    if (hole.count != 0)
        return hole.count;
    const std::uint64_t in_a_leaf =
        kept_leaves_ == 0 ? 1 : (kept_keys_ + kept_leaves_ / 2) / kept_leaves_;
    if (number(hole.page) >= 2 && number(hole.page) < pages_.page_count() && !hole.has_wrong_id) {
        const Bytes page = pages_.bytes(hole.page);
        const auto header = load<format::PageHeader>(page.data());
        if (header.id == number(hole.page) && header.type() == format::PageType::leaf)
            return std::min<std::uint64_t>(header.count, page.size() / format::element_bytes);
    }
    return in_a_leaf;
}

void Recovery::Work::report_holes() {
    for (std::size_t i = 0; i < ground_.holes.size(); ++i) {
        const Hole& hole = ground_.holes[i];
        const std::uint64_t expected = is_found_again(i) ? 0 : expected_in(hole);
        const std::uint64_t lost = expected > hole.restored ? expected - hole.restored : 0;
        report_.restored += hole.restored;
        report_.lost_estimate += lost;
        if (report_.listed_ranges.size() >= options_.listed_max)
            continue;
        report_.listed_ranges.push_back(
            {.bucket = buckets_.path(hole.bucket),
             .first = std::string(hole.range.lower.value_or("")),
             .end = hole.range.upper ? std::optional<std::string>(*hole.range.upper) : std::nullopt,
             .page = hole.page,
             .code = hole.code,
             .restored = hole.restored,
             .lost_estimate = lost});
    }
    report_.ranges = ground_.holes.size();
    report_.lost_estimate += wrong_in_root_ + ground_.wrong_elements;
}

} // namespace rebolt
