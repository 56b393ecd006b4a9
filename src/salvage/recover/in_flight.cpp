#include "salvage/recover/in_flight.hpp"

#include <vector>

#include "base/try.hpp"
#include "salvage/recover/previous.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::size_t roots_tried_max = 64;

// Of each page whether the newest state calls it free; empty where it has no list.
std::vector<bool> free_in_newest(const Context& context) {
    const Survey& pages = context.pages;
    const State& newest = context.states.newest;
    std::vector<bool> is_free;
    const auto list = freelist_at(pages, newest.freelist);
    if (!list)
        return is_free;
    is_free.resize(pages.page_count());
    for (std::uint64_t i = 0; i < list->count(); ++i)
        if (const PageId page = list->id(i); pages.is_in_file(page))
            is_free[number(page)] = true;
    for (std::uint64_t id = newest.page_end; id < is_free.size(); ++id)
        is_free[id] = true;
    return is_free;
}

// Of each page whether a leaf names it as a bucket's: that is not the root of all.
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

} // namespace

Result<std::optional<State>> find_in_flight(Context& context) {
    Survey& pages = context.pages;
    const std::vector<bool> is_free = free_in_newest(context);
    if (is_free.empty() && context.states.newest.freelist != no_freelist)
        return std::nullopt;
    const std::vector<bool> is_named = named_as_bucket(pages);
    std::optional<State> best;
    std::uint64_t most = 0;
    std::size_t tried = 0;
    for (std::uint64_t id = 2;
         id < pages.page_count() && tried < roots_tried_max && pages.goes_on(); ++id) {
        const PageId page{id};
        TRY(context.pulse.beat());
        if (is_free.empty() ? is_named[id] : !is_free[id])
            continue;
        if (!is_sound_at_home(pages, page) || !is_root_like(pages, page))
            continue;
        ++tried;
        if (for_each_leaf(pages, page, [](PageId) {}) != 0)
            continue;
        std::uint64_t kept = 0;
        for (std::uint64_t at = 2; at < pages.page_count(); ++at)
            kept += pages.has(PageId{at}, Survey::entered) && (is_free.empty() || !is_free[at]);
        if (kept > most) {
            most = kept;
            best = State{.root = page, .page_end = pages.page_count()};
        }
    }
    return best;
}

void forget_in_flight(Context& context) {
    Survey& pages = context.pages;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        if (!pages.has(page, Survey::in_previous))
            continue;
        pages.clear(page, Survey::in_previous);
        if (!context.free_pages_known || !pages.has(page, Survey::free))
            continue;
        pages.set(page, Survey::outdated);
        pages.set_home(page, no_bucket);
    }
}

} // namespace rebolt::salvage
