#include "salvage/recover/lost_found.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {

// A sound leaf that nothing has used. With a freelist that is believed: of the
// newest state; without one: of any.
bool LostFound::is_left(PageId page) const {
    const Survey& pages = context_.pages;
    return pages.kind(page) == PageKind::leaf && !pages.has(page, Survey::used) &&
           !pages.has(page, Survey::bad) && !pages.has(page, Survey::outdated) &&
           count_of(pages.bytes(page)) != 0 &&
           !(context_.free_pages_known && pages.has(page, Survey::free));
}

void LostFound::choose() {
    for (const PageId page : orphans_.left_over())
        pages_.push_back(page);
    for (std::uint64_t id = 2; id < context_.pages.page_count() && context_.pages.goes_on(); ++id)
        if (is_left(PageId{id}))
            pages_.push_back(PageId{id});
}

// Whether it is not known already: a leaf whose bucket is known has filled what it
// could, and an old root tells only of buckets that are there.
Result<bool> LostFound::has_news(PageId page) {
    const Survey& pages = context_.pages;
    if (pages.is_leaf(page) && pages.home(page) != no_bucket && !is_leftover_of_newest(page))
        return false;
    if (!is_root_like(pages, page))
        return true;
    if (!pages.is_leaf(page))
        return false;
    const SafeLeaf view(pages.bytes(page));
    for (std::size_t i = 0; i < view.count(); ++i)
        if (TRY(entries_.there({}, view.element(i).key)) == There::nothing)
            return true;
    return false;
}

bool LostFound::is_leftover_of_newest(PageId page) const {
    return context_.free_pages_known && !context_.pages.has(page, Survey::free);
}

Result<void> LostFound::add(PageId page) {
    const BucketId bucket = context_.buckets.inside(
        context_.buckets.inside(root_bucket, lost_and_found_name), fmt::format("{}", number(page)));
    const std::size_t holes = context_.holes.size();
    walk_.begin(bucket, {.page = page});
    while (const auto kept = walk_.next()) {
        TRY(context_.pulse.beat());
        if (!TRY(entries_.keep(*kept, Found::aside)) && kept->is_bucket)
            walk_.leave_out();
    }
    context_.holes.resize(holes); // what it lacks nobody knows
    return {};
}

Result<bool> LostFound::step() {
    constexpr std::size_t pages_a_step = 64;
    if (!has_begun_)
        choose();
    has_begun_ = true;
    for (std::size_t i = 0; i < pages_a_step && next_ < pages_.size(); ++i) {
        const PageId page = pages_[next_++];
        TRY(context_.pulse.beat());
        if (!context_.pages.has(page, Survey::used) && TRY(has_news(page)))
            TRY(add(page));
    }
    return next_ < pages_.size();
}

} // namespace rebolt::salvage
