#include "salvage/recover/suspects.hpp"

#include <algorithm>

#include "base/try.hpp"

namespace rebolt::salvage {

void Suspects::prepare() {
    Account account(context_, context_.states.newest);
    orphans_.emplace();
    for (std::uint64_t id = 2; id < context_.pages.page_count() && context_.pages.goes_on(); ++id)
        if (account.is_orphan(PageId{id}))
            orphans_->push_back(PageId{id});
    std::ranges::stable_sort(*orphans_, {},
                             [&](PageId page) { return first_key(context_.pages.bytes(page)); });
}

// Whether an orphan may stand where the suspect stands.
bool Suspects::may_be_elsewhere(const Suspect& suspect) const {
    const Survey& pages = context_.pages;
    const auto first_of = [&](PageId page) { return first_key(pages.bytes(page)); };
    const bool is_bounded = suspect.step.gap.lower || suspect.step.gap.upper;
    const KeyRange& range = is_bounded ? suspect.step.gap : suspect.step.range;
    if (!range.lower && !range.upper) { // a bucket's root: one whose bucket is known
        return std::ranges::any_of(*orphans_, [&](PageId page) {
            return pages.home(page) == suspect.bucket ||
                   (pages.home(page) == no_bucket &&
                    pages.kind(page) == pages.kind(suspect.step.page));
        });
    }
    auto at = range.lower ? std::ranges::lower_bound(*orphans_, *range.lower, {}, first_of)
                          : orphans_->begin();
    for (; at != orphans_->end() && (!range.upper || first_of(*at) < *range.upper); ++at)
        if (!pages.has(*at, Survey::used) && !is_below(*at, suspect.step.page))
            return true;
    return false;
}

// Whether a page's branch leads to another.
bool Suspects::is_below(PageId page, PageId branch) const {
    if (!context_.pages.is_branch(branch))
        return false;
    const SafeBranch view(context_.pages.bytes(branch));
    for (std::size_t i = 0; i < view.count(); ++i)
        if (view.element(i).child == page)
            return true;
    return false;
}

Result<void> Suspects::keep(const Suspect& suspect) {
    context_.pages.clear(suspect.step.page, Survey::free); // else it is put off again
    walk_.begin(suspect.bucket, suspect.step);
    while (const auto kept = walk_.next()) {
        TRY(context_.pulse.beat());
        if (!TRY(entries_.keep(*kept, Found::suspect)) && kept->is_bucket)
            walk_.leave_out();
    }
    for (const Suspect& below : walk_.suspects())
        suspects_.push_back(below);
    walk_.suspects().clear();
    return {};
}

Result<bool> Suspects::step() {
    if (suspects_.empty())
        return false;
    if (!orphans_)
        prepare();
    const Suspect suspect = suspects_.back();
    suspects_.pop_back();
    if (!may_be_elsewhere(suspect)) {
        TRY(keep(suspect));
        return true;
    }
    const bool is_bounded = suspect.step.gap.lower || suspect.step.gap.upper;
    context_.holes.push_back({.bucket = suspect.bucket,
                              .range = suspect.step.range,
                              .gap = is_bounded ? suspect.step.gap : suspect.step.range,
                              .page = suspect.step.page,
                              .code = FindingCode::page_reachable_but_free,
                              .has_wrong_id = true,
                              .level = suspect.step.level});
    return true;
}

} // namespace rebolt::salvage
