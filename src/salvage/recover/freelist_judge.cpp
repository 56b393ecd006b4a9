#include "salvage/recover/freelist_judge.hpp"

#include <algorithm>
#include <set>

#include "salvage/recover/previous.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

using format::BucketView;

class FreelistJudge {
public:
    explicit FreelistJudge(Context& context)
        : context_(context), pages_(context.pages), newest_(context.states.newest) {}

    std::uint64_t judge() {
        const bool is_sound = mark_free_pages();
        std::uint64_t holes = for_each_leaf(pages_, newest_.root, [](PageId) {});
        if (!may_be_root(pages_, newest_.root)) { // what it leads to says nothing
            ++holes;
            pages_.clear_all(Survey::entered);
        }
        if (!is_sound)
            return holes;
        context_.free_pages_known = true;
        count();
        context_.is_accounted_for = holes == 0 && conflicts_ == 0 && left_over_.empty();
        if (context_.is_accounted_for)
            return holes;
        if (lacks_pages_of_previous() || is_of_older_state(holes)) {
            pages_.clear_all(Survey::free);
            context_.free_pages_known = false;
        } else if (holes == 0 && conflicts_ == 0 && !is_lost_write()) {
            for (const PageId page : left_over_)
                pages_.set_run(page, Survey::free);
            context_.is_accounted_for = true;
        }
        return holes;
    }

private:
    // By itself: sorted, in bounds, not in itself, and not the root.
    bool mark_free_pages() {
        const PageId page = newest_.freelist;
        if (page == no_freelist || number(page) < 2 || number(page) >= pages_.page_count() ||
            pages_.kind(page) != PageKind::freelist)
            return false;
        const auto list = format::FreelistView::of(pages_.bytes(page));
        if (!list)
            return false;
        const std::uint64_t own_end = number(page) + pages_.run_length(page);
        std::uint64_t before = 1;
        for (std::uint64_t i = 0; i < list->count(); ++i) {
            const std::uint64_t id = number(list->id(i));
            if (id <= before || id >= newest_.page_end || (id >= number(page) && id < own_end) ||
                PageId{id} == newest_.root)
                return false;
            before = id;
        }
        for (std::uint64_t i = 0; i < list->count(); ++i)
            if (number(list->id(i)) < pages_.page_count())
                pages_.set(list->id(i), Survey::free);
        for (std::uint64_t id = newest_.page_end; id < pages_.page_count() && pages_.goes_on();
             ++id)
            pages_.set(PageId{id}, Survey::free);
        return true;
    }

    void count() {
        const std::uint64_t end = std::min(newest_.page_end, pages_.page_count());
        for (std::uint64_t id = 2; id < end; ++id) {
            const PageId page{id};
            const bool is_free = pages_.has(page, Survey::free);
            if (pages_.has(page, Survey::entered))
                conflicts_ += is_free ? 1 : 0;
            else if (!is_free && is_sound_at_home(pages_, page) &&
                     count_of(pages_.bytes(page)) != 0)
                left_over_.push_back(page);
        }
    }

    // Each commit frees the freelist before and, if anything changed, the root.
    [[nodiscard]] bool lacks_pages_of_previous() const {
        const auto& other = context_.states.other;
        if (!other || !other->has_meta || !newest_.has_meta || !other->transaction ||
            number(*other->transaction) + 1 != number(*newest_.transaction))
            return false;
        const auto lacks = [&](PageId page) {
            return number(page) >= 2 && number(page) < pages_.page_count() &&
                   !pages_.has(page, Survey::free);
        };
        return (other->freelist != no_freelist && other->freelist != newest_.freelist &&
                lacks(other->freelist)) ||
               (other->root != newest_.root && lacks(other->root));
    }

    // Tree and list do not fit. Either the tree is old in part, and what the list
    // leaves over is new; or the list is old, or too short.
    [[nodiscard]] bool is_of_older_state(std::uint64_t holes) const {
        if (holes != 0)
            return false;
        if (conflicts_ == 0)
            return is_cut_short() && newest_was_written(context_) == Written::all;
        if (left_over_.empty() || has_old_root() || has_old_list())
            return true;
        return newest_was_written(context_) == Written::all && !may_be_of_lost_branch();
    }

    // Of what a commit wrote only runs of pages lie behind free ones: where they fit
    // first. Beside them a branch that was lost led to leaves that were there before.
    [[nodiscard]] bool may_be_of_lost_branch() const {
        bool has_run = false;
        std::uint64_t id = 2;
        std::uint64_t run = 0;
        std::uint64_t longest = 0; // of those that the commit found free and left so
        for (const PageId page : left_over_) {
            for (; id < number(page); ++id) {
                const bool was_left =
                    pages_.has(PageId{id}, Survey::written) && pages_.has(PageId{id}, Survey::free);
                run = was_left ? run + 1 : 0;
                longest = std::max(longest, run);
            }
            const std::uint64_t pages = pages_.run_length(page);
            if (pages_.has(page, Survey::written) && pages > 1 && longest < pages)
                has_run = true;
            else if (!pages_.is_leaf(page) || !pages_.has(page, Survey::in_previous))
                return false;
        }
        return has_run;
    }

    // A freelist that is not free: of a state in which it was in use.
    [[nodiscard]] bool has_old_list() const {
        const std::uint64_t own_end =
            number(newest_.freelist) + pages_.run_length(newest_.freelist);
        const std::uint64_t end = std::min(newest_.page_end, pages_.page_count());
        for (std::uint64_t id = 2; id < end; ++id)
            if (pages_.kind(PageId{id}) == PageKind::freelist &&
                !pages_.has(PageId{id}, Survey::free) &&
                (id < number(newest_.freelist) || id >= own_end))
                return true;
        return false;
    }

    // What is left over may have been forgotten: bbolt does not free the pages of a
    // bucket that is deleted with one it is in, after a change there. But it forgets
    // only whole buckets, of states before: not what the newest commit wrote, and not
    // what a branch leads to that was freed.
    [[nodiscard]] bool is_lost_write() const {
        std::set<PageId> left(left_over_.begin(), left_over_.end());
        if (std::ranges::any_of(left, [&](PageId page) {
                return pages_.has(page, Survey::written) ||
                       (context_.knows_previous && number(page) >= context_.states.other->page_end);
            }))
            return true;
        for (std::uint64_t id = 2; id < pages_.page_count() && pages_.goes_on(); ++id) {
            if (pages_.kind(PageId{id}) != PageKind::branch ||
                !pages_.has(PageId{id}, Survey::free))
                continue;
            const SafeBranch branch(pages_.bytes(PageId{id}));
            for (std::size_t i = 0; i < branch.count(); ++i)
                if (const auto element = branch.element(i);
                    left.contains(element.child) &&
                    first_key(pages_.bytes(element.child)) == element.key)
                    return true;
        }
        return false;
    }

    // Ids ascend: what a list that was cut short lacks lies behind its last.
    [[nodiscard]] bool is_cut_short() const {
        const auto list = freelist_at(pages_, newest_.freelist);
        if (!list)
            return false;
        const std::uint64_t last = list->count() == 0 ? 0 : number(list->id(list->count() - 1));
        return std::ranges::all_of(left_over_, [&](PageId page) { return number(page) > last; });
    }

    // A page that is left over and may be an older root: it names what the root does.
    [[nodiscard]] bool has_old_root() const {
        const auto leaf = first_leaf(pages_, newest_.root);
        if (!leaf || !is_root_like(pages_, newest_.root))
            return false;
        std::set<std::string_view> names;
        const SafeLeaf view(pages_.bytes(*leaf));
        for (std::size_t i = 0; i < view.count(); ++i)
            names.insert(view.element(i).key);
        return std::ranges::any_of(left_over_, [&](PageId page) {
            if (!pages_.is_leaf(page) || !is_root_like(pages_, page))
                return false;
            const SafeLeaf other(pages_.bytes(page));
            std::size_t common = 0;
            for (std::size_t i = 0; i < other.count(); ++i)
                common += names.contains(other.element(i).key) ? 1 : 0;
            return common * 2 >= other.count();
        });
    }

    Context& context_;
    Survey& pages_;
    const State& newest_;
    std::uint64_t conflicts_ = 0;
    std::vector<PageId> left_over_;
};

} // namespace

std::uint64_t judge_freelist(Context& context) {
    return FreelistJudge(context).judge();
}

} // namespace rebolt::salvage
