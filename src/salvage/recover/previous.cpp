#include "salvage/recover/previous.hpp"

#include <algorithm>

#include "base/try.hpp"
#include "salvage/recover/in_flight.hpp"
#include "salvage/recover/state_tree.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {
namespace {

Result<void> learn(Context& context, const State& state) {
    TreeWalk walk(context, WalkMode::learn);
    walk.begin(root_bucket, {.page = state.root});
    for (;;) {
        for (std::uint64_t pages = 1; !walk.is_at_end(); pages = 1) {
            TRY(context.pulse.beat());
            static_cast<void>(walk.next(pages));
        }
        if (walk.suspects().empty())
            return {};
        Suspect put_off = walk.suspects().back();
        walk.suspects().pop_back();
        put_off.step.key = first_key(context.pages.bytes(put_off.step.page));
        walk.begin(put_off.bucket, put_off.step);
    }
}

// A commit that has not ended writes over pages that only this state had.
bool is_overwritten(Context& context, const State& state) {
    Survey& pages = context.pages;
    if (!state.has_meta)
        return false;
    if (!may_be_root(pages, state.root))
        return true;
    // Where the newest tree is lost an old one is asked only if it is complete.
    if (!is_sound_at_home(pages, context.states.newest.root) && !is_accounted_for(context, state))
        return true;
    if (state.freelist == no_freelist)
        return false;
    if (number(state.freelist) < 2 || number(state.freelist) >= pages.page_count())
        return false;
    const auto list = freelist_at(pages, state.freelist);
    if (!list)
        return is_sound_at_home(pages, state.freelist);
    for (std::uint64_t i = 0; i < list->count(); ++i)
        if (number(list->id(i)) < pages.page_count() && pages.has(list->id(i), Survey::in_previous))
            return true;
    return false;
}

// What was free in it, if that is known.
void mark_written(Context& context, const State& state) {
    Survey& pages = context.pages;
    for (std::uint64_t id = state.page_end; id < pages.page_count() && pages.goes_on(); ++id)
        pages.set(PageId{id}, Survey::written);
    if (const auto list = freelist_at(pages, state.freelist)) {
        for (std::uint64_t i = 0; i < list->count(); ++i)
            if (number(list->id(i)) < pages.page_count())
                pages.set(list->id(i), Survey::written);
        return;
    }
    if (state.freelist != no_freelist || !is_whole(pages, state))
        return;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (!pages.has(PageId{id}, Survey::entered))
            pages.set(PageId{id}, Survey::written);
}

void forget(Survey& pages) {
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (pages.has(PageId{id}, Survey::in_previous))
            pages.set_home(PageId{id}, no_bucket);
    pages.clear_all(Survey::in_previous);
}

// Where the newest root is lost: what a commit in flight tells, or else what it left of
// the state before.
Result<void> learn_in_flight(Context& context, const State& overwritten) {
    context.in_flight = TRY(find_in_flight(context, overwritten));
    if (!context.in_flight && freelist_at(context.pages, context.states.newest.freelist) &&
        is_sound_at_home(context.pages, overwritten.root) &&
        may_be_root(context.pages, overwritten.root))
        context.in_flight = overwritten;
    if (context.in_flight)
        TRY(learn(context, *context.in_flight));
    return {};
}

} // namespace

std::optional<format::FreelistView> freelist_at(const Survey& pages, PageId page) {
    if (page == no_freelist || number(page) < 2 || number(page) >= pages.page_count() ||
        pages.kind(page) != PageKind::freelist)
        return std::nullopt;
    const auto list = format::FreelistView::of(pages.bytes(page));
    return list ? std::optional(*list) : std::nullopt;
}

Result<void> learn_previous(Context& context) {
    if (!context.states.other)
        return {};
    TRY(learn(context, *context.states.other));
    context.knows_previous =
        context.states.other->has_meta && !is_overwritten(context, *context.states.other);
    if (context.states.other->has_meta && !context.knows_previous) {
        forget(context.pages);
        const State overwritten = *context.states.other;
        context.states.other.reset();
        context.states.rivals.clear();
        if (!is_sound_at_home(context.pages, context.states.newest.root))
            TRY(learn_in_flight(context, overwritten));
    }
    if (context.knows_previous)
        mark_written(context, *context.states.other);
    for (const State& rival : context.states.rivals)
        TRY(learn(context, rival));
    return {};
}

bool is_accounted_for(Context& context, const State& state) {
    Survey& pages = context.pages;
    if (for_each_leaf(pages, state.root, [](PageId) {}) != 0)
        return false;
    if (state.freelist == no_freelist)
        return true;
    const auto list = freelist_at(pages, state.freelist);
    if (!list || pages.has(state.freelist, Survey::entered))
        return false;
    const std::uint64_t end = std::min(state.page_end, pages.page_count());
    std::uint64_t known = 2 + pages.run_length(state.freelist) + list->count();
    for (std::uint64_t id = 2; id < end; ++id)
        known += pages.has(PageId{id}, Survey::entered) ? 1 : 0;
    std::uint64_t before = 1;
    for (std::uint64_t i = 0; i < list->count(); ++i) {
        const std::uint64_t id = number(list->id(i));
        if (id <= before || id >= state.page_end ||
            (id < pages.page_count() && pages.has(PageId{id}, Survey::entered)))
            return false;
        before = id;
    }
    return known == state.page_end;
}

Written newest_was_written(const Context& context) {
    const Survey& pages = context.pages;
    const States& states = context.states;
    if (!context.knows_previous || !states.newest.transaction || !states.other->transaction ||
        number(*states.newest.transaction) != number(*states.other->transaction) + 1)
        return Written::unknown;
    const std::uint64_t end = std::min(states.newest.page_end, pages.page_count());
    const auto was_free = [&](std::uint64_t id) { return pages.has(PageId{id}, Survey::written); };
    const std::uint64_t list = number(states.newest.freelist);
    std::uint64_t last = list < end ? list : 0;
    for (std::uint64_t id = 2; id < end; ++id)
        if (pages.has(PageId{id}, Survey::entered) && was_free(id) &&
            is_sound_at_home(pages, PageId{id}) && pages.run_length(PageId{id}) == 1)
            last = std::max(last, id);
    for (std::uint64_t id = 2; id < last; ++id)
        if (was_free(id) && !pages.has(PageId{id}, Survey::entered) && id != list)
            return Written::some;
    return Written::all;
}

} // namespace rebolt::salvage
