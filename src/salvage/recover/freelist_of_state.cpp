#include "salvage/recover/freelist_of_state.hpp"

#include <algorithm>
#include <vector>

#include "salvage/recover/age.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::size_t freelists_tried_max = 32;

// The leaf with the newest value of all, where values tell their age for sure.
std::optional<PageId> newest_leaf(const Context& context) {
    std::optional<PageId> newest;
    std::uint64_t age = 0;
    if (!context.has_rules())
        return newest;
    for (std::uint64_t id = 2; id < context.pages.page_count() && context.pages.goes_on(); ++id)
        if (context.pages.kind(PageId{id}) == PageKind::leaf)
            if (const ValueAge here = age_of_leaf(context, PageId{id});
                here.is_sure && here.number > age) {
                age = here.number;
                newest = PageId{id};
            }
    return newest;
}

struct FreelistFit {
    PageId page{};
    std::uint64_t left_over = 0;
    std::uint64_t end = 0;
};

// How a freelist fits the tree whose pages are marked as entered, `count` of them
// and the last before `end`; nullopt: not at all.
std::optional<FreelistFit> fit(const Survey& pages, PageId page, std::optional<PageId> newest,
                               std::uint64_t count, std::uint64_t end) {
    const auto list = format::FreelistView::of(pages.bytes(page));
    if (!list || pages.has(page, Survey::entered))
        return std::nullopt;
    FreelistFit result{.page = page};
    std::uint64_t previous = 1;
    for (std::uint64_t i = 0; i < list->count(); ++i) {
        const std::uint64_t id = number(list->id(i));
        if (id <= previous || id >= pages.page_count() || pages.has(PageId{id}, Survey::entered) ||
            id == number(page) || (newest && id == number(*newest)))
            return std::nullopt;
        previous = id;
    }
    result.end = std::max({previous + 1, number(page) + pages.run_length(page), end});
    const std::uint64_t known = 2 + count + list->count() + pages.run_length(page);
    result.left_over = result.end > known ? result.end - known : 0;
    return result;
}

} // namespace

std::optional<std::uint64_t> choose_freelist(Context& context, State& state) {
    Survey& pages = context.pages;
    // Where the tree has holes, the newest leaf of all must not be listed.
    const std::optional<PageId> newest = newest_leaf(context);
    for_each_leaf(pages, state.root, [](PageId) {});
    std::uint64_t count = 0;
    std::uint64_t end = 2;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id)
        if (pages.has(PageId{id}, Survey::entered)) {
            ++count;
            end = id + 1;
        } else if (is_sound_at_home(pages, PageId{id})) { // the file has never been longer
            end = std::max(end, id + pages.run_length(PageId{id}));
        }
    std::vector<FreelistFit> fits;
    for (std::uint64_t id = 2;
         id < pages.page_count() && fits.size() < freelists_tried_max && pages.goes_on(); ++id)
        if (pages.kind(PageId{id}) == PageKind::freelist)
            if (const auto fitting = fit(pages, PageId{id}, newest, count, end))
                fits.push_back(*fitting);
    const auto best = std::ranges::min_element(fits, {}, &FreelistFit::left_over);
    // Without a value that tells its age only a list that leaves nothing over is proof.
    if (best == fits.end() || (best->left_over != 0 && !newest))
        return std::nullopt;
    state.freelist = best->page;
    state.page_end = best->end;
    return best->left_over;
}

} // namespace rebolt::salvage
