#include "salvage/recover/hole_filler.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/age.hpp"
#include "salvage/recover/attribution.hpp"

namespace rebolt::salvage {
namespace {

bool overlap(Bytes leaf, const KeyRange& range) {
    return (!range.lower || last_key(leaf) >= *range.lower) &&
           (!range.upper || first_key(leaf) < *range.upper);
}

bool lies_in(Bytes leaf, const KeyRange& range) {
    return (!range.lower || first_key(leaf) >= *range.lower) &&
           (!range.upper || last_key(leaf) < *range.upper);
}

// Whether one of the stretches, which stand in order and apart, holds the key.
bool is_covered(const std::vector<Stretch>& stretches, std::string_view key) {
    const auto after = std::ranges::upper_bound(stretches, key, {}, &Stretch::first);
    return after != stretches.begin() && key <= std::prev(after)->last;
}

constexpr std::size_t holes_for_strangers_max = 256;
constexpr std::ptrdiff_t leaves_before_max = 64;

} // namespace

void HoleFiller::prepare() {
    Survey& pages = context_.pages;
    only_ = only_bucket(context_);
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        if (!pages.is_leaf(page) || pages.has(page, Survey::used) || pages.has(page, Survey::bad) ||
            pages.has(page, Survey::outdated) || count_of(pages.bytes(page)) == 0)
            continue;
        if (const auto home = home_by_owner(context_, page)) {
            pages.set_home(page, *home);
        } else if (pages.has(page, Survey::disputed)) {
            continue;
        } else if (pages.home(page) == no_bucket && !holds_buckets(pages.bytes(page))) {
            pages.set_home(page, only_);
        }
        leaves_.push_back(page);
    }
    std::ranges::stable_sort(leaves_, [&](PageId a, PageId b) {
        if (pages.home(a) != pages.home(b))
            return pages.home(a) < pages.home(b);
        const auto order = first_key(pages.bytes(a)) <=> first_key(pages.bytes(b));
        if (order != 0)
            return order < 0;
        return age_of_leaf(context_, a).number > age_of_leaf(context_, b).number;
    });
}

// The leaves of the hole's bucket that may reach into its range. Old leaves may
// overlap: some that begin before it are looked at too.
std::span<const PageId> HoleFiller::leaves_of(const Hole& hole) const {
    const Survey& pages = context_.pages;
    const auto home = std::ranges::equal_range(leaves_, hole.bucket, {},
                                               [&](PageId page) { return pages.home(page); });
    const auto first_of = [&](PageId page) { return first_key(pages.bytes(page)); };
    auto begin = home.begin();
    auto end = home.end();
    if (hole.gap.lower)
        begin = std::ranges::lower_bound(home, *hole.gap.lower, {}, first_of);
    if (hole.gap.upper)
        end = std::ranges::lower_bound(begin, home.end(), *hole.gap.upper, {}, first_of);
    begin -= std::min<std::ptrdiff_t>(begin - home.begin(), leaves_before_max);
    return {begin, end};
}

// Of several old versions of a key only the newest is taken, where values tell.
void HoleFiller::note_ages(const Hole& hole, PageId page) {
    if (!context_.has_rules())
        return;
    const auto path = context_.buckets.path(hole.bucket);
    const SafeLeaf view(context_.pages.bytes(page));
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        if (element.is_bucket())
            continue;
        if (const auto age = context_.age_of(path, element.key, element.value)) {
            std::uint64_t& newest = newest_[element.key];
            newest = std::max(newest, age->number);
        }
    }
}

bool HoleFiller::is_outdated(const Kept& element) const {
    if (element.is_bucket || element.bucket.size() != depth_)
        return false;
    const auto newest = newest_.find(element.key);
    if (newest == newest_.end())
        return false;
    const auto age = context_.age_of(element.bucket, element.key, element.value);
    return age && age->number < newest->second;
}

Result<bool> HoleFiller::keep(const Kept& element) {
    const bool is_here = element.bucket.size() == depth_;
    if (is_here && (is_covered(covered_, element.key) || is_covered(known_, element.key)))
        return false;
    const Provenance provenance = entries_.of_hole(element.page);
    if (provenance == Provenance::stale && is_outdated(element))
        return false;
    if (provenance != Provenance::current && is_in_newer_leaf(element))
        return false;
    const bool was_added = TRY(entries_.keep(element, Found::in_hole));
    if (was_added && hole_ < context_.holes.size())
        ++context_.holes[hole_].restored;
    return was_added;
}

// A leaf of the newest state has the keys on both sides, and not this one: it was
// deleted.
bool HoleFiller::is_in_newer_leaf(const Kept& element) {
    if (context_.orphans_of.empty())
        return false;
    if (!std::ranges::equal(element.bucket, asked_path_)) {
        asked_path_.assign(element.bucket.begin(), element.bucket.end());
        asked_ = context_.orphans_of.end();
        if (const auto bucket = context_.buckets.find_path(asked_path_))
            asked_ = context_.orphans_of.find(*bucket);
    }
    if (asked_ == context_.orphans_of.end())
        return false;
    const auto at = std::ranges::lower_bound(asked_->second, element.key, {}, &Stretch::last);
    return at != asked_->second.end() && at->first <= element.key &&
           context_.pages.has(at->page, Survey::used);
}

// Keeps the elements of one leaf that lie in the range.
Result<void> HoleFiller::keep_leaf(BucketId bucket, PageId page, const KeyRange& range) {
    walk_.begin_leaf(bucket, page, range);
    while (const auto element = walk_.next()) {
        TRY(context_.pulse.beat());
        if (!TRY(keep(*element)) && element->is_bucket)
            walk_.leave_out();
    }
    return {};
}

Result<void> HoleFiller::fill_with(std::size_t hole, PageId page) {
    const Hole at = context_.holes[hole];
    // Where the owner keeps values there are no buckets.
    if (context_.of_values.contains(at.bucket) && holds_buckets(context_.pages.bytes(page)))
        return {};
    context_.pages.set_home(page, at.bucket);
    return keep_leaf(at.bucket, page, at.gap);
}

Result<void> HoleFiller::add_leaf(BucketId bucket, PageId page) {
    hole_ = context_.holes.size();
    depth_ = context_.buckets.path(bucket).size();
    covered_.clear();
    known_.clear();
    newest_.clear();
    return keep_leaf(bucket, page, {});
}

// A leaf whose bucket is not known: it says itself that it stood here, or begins
// with the very key that led here.
bool HoleFiller::may_be_of(const Hole& hole, PageId page) const {
    const Bytes leaf = context_.pages.bytes(page);
    if (!lies_in(leaf, hole.gap))
        return false;
    if (context_.pages.is_displaced(page))
        return load<format::PageHeader>(leaf.data()).id == number(hole.page);
    // Where there are several buckets, they may have the same keys.
    return only_ != no_bucket && hole.range.lower && first_key(leaf) == *hole.range.lower;
}

Result<void> HoleFiller::fill(std::size_t hole, const std::vector<Stretch>& covered) {
    hole_ = hole;
    depth_ = context_.buckets.path(context_.holes[hole].bucket).size();
    covered_ = covered;
    known_.clear();
    newest_.clear();
    const Hole at = context_.holes[hole];
    Survey& pages = context_.pages;
    const auto of_home = leaves_of(at);
    std::vector<Stretch> known;
    for (const PageId page : of_home)
        if (pages.has(page, Survey::in_previous) && !pages.has(page, Survey::used) &&
            overlap(pages.bytes(page), at.gap)) {
            TRY(fill_with(hole, page));
            known.push_back({first_key(pages.bytes(page)), last_key(pages.bytes(page))});
        }
    if (context_.free_pages_known) // else a page that it does not have may be newer
        known_ = std::move(known);
    for (const PageId page : of_home)
        if (!pages.has(page, Survey::in_previous) && !pages.has(page, Survey::used) &&
            overlap(pages.bytes(page), at.gap))
            note_ages(at, page);
    for (const PageId page : of_home)
        if (!pages.has(page, Survey::in_previous) && !pages.has(page, Survey::used) &&
            overlap(pages.bytes(page), at.gap))
            TRY(fill_with(hole, page));
    if (context_.holes.size() > holes_for_strangers_max)
        return {};
    const auto homeless = std::ranges::equal_range(leaves_, no_bucket, {},
                                                   [&](PageId page) { return pages.home(page); });
    for (const PageId page : homeless)
        if (!pages.has(page, Survey::used) && may_be_of(at, page))
            TRY(fill_with(hole, page));
    return {};
}

Result<void> HoleFiller::copy_donors_bucket(const Bucket& from, std::vector<std::string>& path,
                                            std::size_t donor) {
    Cursor cursor = from.cursor();
    // What the donor cannot give it does not have: damage there ends its part.
    for (auto entry = cursor.first(); entry && entry->has_value(); entry = cursor.next()) {
        if ((*entry)->is_bucket) {
            const auto inside = from.bucket((*entry)->key);
            if (!inside || path.size() >= format::bucket_depth_max)
                continue;
            const bool was_added = TRY(entries_.keep({.bucket = path,
                                                      .key = (*entry)->key,
                                                      .value = {},
                                                      .is_bucket = true,
                                                      .sequence = inside->sequence()},
                                                     Found::in_donor, donor));
            context_.holes[hole_].restored += was_added ? 1 : 0;
            path.emplace_back((*entry)->key);
            TRY(copy_donors_bucket(*inside, path, donor));
            path.pop_back();
            continue;
        }
        const bool was_added =
            TRY(entries_.keep({.bucket = path, .key = (*entry)->key, .value = (*entry)->value},
                              Found::in_donor, donor));
        context_.holes[hole_].restored += was_added ? 1 : 0;
    }
    return {};
}

Result<void> HoleFiller::fill_from_donor(std::size_t hole, const DB& donor, std::size_t index,
                                         const std::vector<Stretch>& covered) {
    hole_ = hole;
    const KeyRange range = context_.holes[hole].range;
    std::vector<std::string> path = context_.buckets.path(context_.holes[hole].bucket);
    const Tx tx = TRY(donor.begin());
    Bucket bucket = tx.root();
    for (const std::string& name : path) {
        auto inside = bucket.bucket(name);
        if (!inside)
            return {};
        bucket = *inside;
    }
    Cursor cursor = bucket.cursor();
    for (auto entry = range.lower ? cursor.seek(*range.lower) : cursor.first();
         entry && entry->has_value() && (!range.upper || (*entry)->key < *range.upper);
         entry = cursor.next()) {
        const Entry& at = **entry;
        if ((path.empty() && !at.is_bucket) || is_covered(covered, at.key) ||
            TRY(entries_.there(path, at.key)) != There::nothing)
            continue;
        std::uint64_t sequence = 0;
        std::optional<Bucket> inside;
        if (at.is_bucket) {
            auto opened = bucket.bucket(at.key);
            if (!opened)
                continue;
            sequence = opened->sequence();
            inside = *opened;
        }
        const bool was_added = TRY(entries_.keep({.bucket = path,
                                                  .key = at.key,
                                                  .value = at.value,
                                                  .is_bucket = at.is_bucket,
                                                  .sequence = sequence},
                                                 Found::in_donor, index));
        context_.holes[hole].restored += was_added ? 1 : 0;
        if (!inside || !was_added)
            continue;
        path.emplace_back(at.key);
        TRY(copy_donors_bucket(*inside, path, index));
        path.pop_back();
    }
    return {};
}

} // namespace rebolt::salvage
