// Which pages a walk does not believe, though they are sound.
#include <algorithm>

#include "salvage/recover/attribution.hpp"
#include "salvage/recover/damaged_page.hpp"
#include "salvage/recover/state_tree.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

// Several lead to the page, and this way is not proven to be the right one; or the
// state before had it, unchanged, elsewhere.
bool TreeWalk::is_others(BucketId bucket, const Step& step) const {
    if (mode_ != WalkMode::learn && context_.distrusts_newest() && context_.knows_previous &&
        pages_.has(step.page, Survey::in_previous))
        return pages_.home(step.page) != bucket;
    if (mode_ == WalkMode::fill)
        return false;
    return pages_.has(step.page, Survey::disputed) ||
           (pages_.has(step.page, Survey::contested) && step.level != 0 &&
            step.key != first_key(pages_.bytes(step.page)));
}

// Whether a page of the newest state, by its number, is what an earlier commit wrote
// there: the newest one's write was lost. Only those that it had to write can be.
bool TreeWalk::is_outdated(BucketId bucket, PageId page) const {
    if (!context_.distrusts_newest())
        return false;
    if (bucket == root_bucket && page == context_.states.newest.root && !may_be_root(pages_, page))
        return true;
    if (!context_.knows_previous || !pages_.has(page, Survey::written))
        return false;
    const bool is_like_anothers =
        pages_.is_leaf(page) && pages_.home(page) != no_bucket && pages_.home(page) != bucket;
    return is_like_anothers || names_others(context_, bucket, page) ||
           overlaps_orphan(bucket, page);
}

// A leaf of the same bucket that is in use, and that nothing leads to, has its keys.
bool TreeWalk::overlaps_orphan(BucketId bucket, PageId page) const {
    const auto orphans = context_.orphans_of.find(bucket);
    if (orphans == context_.orphans_of.end() || !pages_.is_leaf(page) ||
        count_of(pages_.bytes(page)) == 0)
        return false;
    const std::string_view first = first_key(pages_.bytes(page));
    const std::string_view last = last_key(pages_.bytes(page));
    for (auto at = std::ranges::lower_bound(orphans->second, first, {}, &Stretch::last);
         at != orphans->second.end() && at->first <= last; ++at)
        if (at->page != page)
            return true;
    return false;
}

void TreeWalk::leave_outdated(BucketId bucket, const Step& step, bool has_name) {
    pages_.set(step.page, Survey::outdated);
    add_hole(bucket, step, FindingCode::page_reachable_but_free, false);
    if (has_name)
        names_.pop_back();
}

bool TreeWalk::is_right_child(const Step& child, BucketId bucket) const {
    const std::uint64_t id = number(child.page);
    return id >= 2 && id < pages_.page_count() && !pages_.is_displaced(child.page) &&
           (pages_.is_leaf(child.page) || pages_.is_branch(child.page)) &&
           !pages_.has(child.page, Survey::free) && count_of(pages_.bytes(child.page)) != 0 &&
           in_range(pages_.bytes(child.page), child.range) && !is_others(bucket, child);
}

// The branch of a hole may be old, and its keys with it: what is missing lies
// between the keys that the sound leaves beside it have.
void TreeWalk::widen_gaps(std::vector<Step>& children, BucketId bucket) const {
    if (children.empty())
        return;
    std::vector<bool> is_right(children.size());
    for (std::size_t i = 0; i < children.size(); ++i)
        is_right[i] = is_right_child(children[i], bucket);
    std::optional<std::string_view> lower = children.front().range.lower;
    for (std::size_t i = 0; i < children.size(); ++i) {
        children[i].gap.lower = lower;
        if (is_right[i] && pages_.is_leaf(children[i].page))
            lower = last_key(pages_.bytes(children[i].page));
        else if (is_right[i])
            lower = children[i].range.upper;
    }
    std::optional<std::string_view> upper = children.back().range.upper;
    for (std::size_t i = children.size(); i-- != 0;) {
        children[i].gap.upper = upper;
        if (is_right[i])
            upper = first_key(pages_.bytes(children[i].page));
    }
}

// Whether the keys of the child that the top frame leads to lie between those of
// the sound children beside it.
bool TreeWalk::fits_between_siblings(const Step& step) const {
    if (mode_ == WalkMode::learn || frames_.empty() || frames_.back().children.empty() ||
        step.level == 0)
        return false;
    const Frame& parent = frames_.back();
    const std::size_t index = parent.next - 1U;
    const Bytes page = pages_.bytes(step.page);
    const auto is_sound = [&](PageId id) {
        return number(id) >= 2 && number(id) < pages_.page_count() &&
               pages_.kind(id) == pages_.kind(step.page) && count_of(pages_.bytes(id)) != 0;
    };
    if (parent.children[index].page != step.page)
        return false;
    if (index != 0) {
        const PageId left = parent.children[index - 1].page;
        if (!is_sound(left) || left == step.page || last_key(pages_.bytes(left)) >= first_key(page))
            return false;
    } else if (step.range.lower && first_key(page) < *step.range.lower) {
        return false;
    }
    if (index + 1 < parent.children.size()) {
        const PageId right = parent.children[index + 1].page;
        return is_sound(right) && right != step.page &&
               first_key(pages_.bytes(right)) > last_key(page);
    }
    return !step.range.upper || last_key(page) < *step.range.upper;
}

} // namespace rebolt::salvage
