#include "salvage/recover/in_flight.hpp"

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "salvage/recover/previous.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::size_t old_roots_tried_max = 64;

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

// An old root may name a page that has since become a newer root.
bool names_later_root(const Survey& pages, PageId root) {
    constexpr std::size_t asked_max = 64;
    const SafeLeaf leaf(pages.bytes(first_leaf(pages, root).value_or(root)));
    std::size_t asked = 0;
    for (std::size_t i = 0; i < leaf.count() && asked < asked_max && pages.goes_on(); ++i) {
        const auto bucket = format::BucketView::of(leaf.element(i).value);
        if (!bucket || bucket->is_inline() || !is_root_like(pages, bucket->root()))
            continue;
        ++asked;
        if (have_same_names(pages, root, bucket->root()))
            return true;
    }
    return false;
}

} // namespace

Result<std::optional<State>> find_in_flight(Context& context, const State& overwritten) {
    Survey& pages = context.pages;
    const std::vector<bool> is_free = free_in_newest(context);
    if (is_free.empty() && context.states.newest.freelist != no_freelist)
        return std::nullopt;
    std::optional<State> best;
    std::pair<std::uint64_t, std::uint64_t> most; // pages kept, pages in all
    std::size_t tried = 0;
    for (std::uint64_t id = 2;
         id < pages.page_count() && tried < old_roots_tried_max && pages.goes_on(); ++id) {
        const PageId page{id};
        TRY(context.pulse.beat());
        if ((!is_free.empty() && !is_free[id]) || !is_sound_at_home(pages, page) ||
            !is_root_like(pages, page) || names_later_root(pages, page))
            continue;
        ++tried;
        if (for_each_leaf(pages, page, [](PageId) {}) != 0)
            continue;
        // Of two that lead to the same pages the one above is the root.
        std::pair<std::uint64_t, std::uint64_t> count;
        for (std::uint64_t at = 2; at < pages.page_count(); ++at) {
            if (!pages.has(PageId{at}, Survey::entered))
                continue;
            count.first += is_free.empty() || !is_free[at] ? 1 : 0;
            ++count.second;
        }
        // The old root still stands, and names others: this is a bucket of buckets.
        if (count <= most || (is_root_like(pages, overwritten.root) &&
                              !pages.has(overwritten.root, Survey::entered) &&
                              !have_same_names(pages, page, overwritten.root)))
            continue;
        most = count;
        best = State{.root = page, .page_end = pages.page_count()};
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
