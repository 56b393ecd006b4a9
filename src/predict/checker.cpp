#include "predict/checker.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/try.hpp"

namespace rebolt::predict {
namespace {

// As many pages, or problems, as bbolt goes through in a few seconds.
constexpr std::uint64_t patience = std::uint64_t{1} << 22U;

} // namespace

std::string Checker::stack_text() const {
    return store_->rules().asks_pages() ? fmt::format(" (stack: [{}])", fmt::join(path_, " ")) : "";
}

Done Checker::problem(std::string text) {
    if (panics_)
        return panic(fmt::format("freepages: failed to get all reachable pages ({})", text));
    if (Done done = store_->step(); !done)
        return done;
    if (problems_++ == 0)
        first_ = text;
    hash_.add(text);
    hash_.add("\n");
    return {};
}

Done Checker::run() {
    const std::vector<std::uint64_t>& ids = store_->freelist().ids();
    for (const std::uint64_t id : ids)
        if (!freed_.insert(id).second)
            if (Done done = problem(fmt::format("page {}: already freed", id)); !done)
                return done;
    for (const std::uint64_t id : {0U, 1U}) {
        if (Ended<Page> page = store_->tx_page(id); !page)
            return std::move(page).error();
        reachable_.insert(id);
    }
    if (Done done = reach_freelist(); !done)
        return done;
    Bucket root = root_bucket(*store_, false);
    if (Done done = check_bucket(root); !done)
        return done;
    return check_unreachable();
}

Done Checker::reach_freelist() {
    const std::uint64_t id = store_->meta().freelist;
    if (id == no_page)
        return {};
    const Page page = TRY(store_->tx_page(id));
    if (page.overflow > patience)
        return hang("out of memory: the freelist says that it has so many overflow pages",
                    PageId{id});
    for (std::uint64_t i = 0; i <= page.overflow; ++i)
        reachable_.insert(id + i);
    return {};
}

Done Checker::check_unreachable() {
    const std::uint64_t end = store_->meta().high_water_mark;
    for (std::uint64_t id = 0; id < end; ++id) {
        if (id > patience)
            return hang("it asks for every page below a high water mark that cannot be");
        if (!reachable_.contains(id) && !freed_.contains(id))
            if (Done done = problem(fmt::format("page {}: unreachable unfreed", id)); !done)
                return done;
    }
    return {};
}

Done Checker::find_reachable() {
    panics_ = true;
    Bucket root = root_bucket(*store_, false);
    return check_bucket(root);
}

Done Checker::check_bucket(Bucket& bucket) {
    if (bucket.root == 0)
        return {};
    if (std::ranges::find(roots_, bucket.root) != roots_.end()) {
        if (Done done = check_pages(bucket.root); !done)
            return done;
        return hang(
            fmt::format("a bucket on page {} holds itself: it runs out of stack", bucket.root),
            PageId{bucket.root});
    }
    if (roots_.size() > bucket_depth_max)
        return hang("buckets are nested without end");
    if (Done done = check_pages(bucket.root); !done)
        return done;
    if (store_->rules().asks_pages()) {
        path_.clear();
        if (Ended<Text> last = check_keys(bucket.root, {}, {}); !last)
            return std::move(last).error();
    }
    roots_.push_back(bucket.root);
    if (Done done = check_entries(bucket); !done)
        return done;
    roots_.pop_back();
    return {};
}

// Tx.forEachPage, with a stack of its own.
Done Checker::check_pages(std::uint64_t root) {
    struct Visit {
        Page page;
        std::uint64_t next;
    };
    std::vector<Visit> visits;
    path_.assign(1, root);
    for (std::uint64_t id = root;;) {
        if (Done done = store_->step(); !done)
            return done;
        const Page page = TRY(store_->tx_page(id));
        if (Done done = check_page(page); !done)
            return done;
        visits.push_back({page, 0});
        while (!visits.empty() && (!store_->is_branch(visits.back().page) ||
                                   visits.back().next >= visits.back().page.count)) {
            visits.pop_back();
            path_.pop_back();
        }
        if (visits.empty())
            return {};
        Visit& above = visits.back();
        id = TRY(store_->branch_child(above.page, above.next++));
        if (std::ranges::find(path_, id) != path_.end())
            return check_loop(id);
        path_.push_back(id);
    }
}

// The first page that is met again is a problem, and then there is no end.
Done Checker::check_loop(std::uint64_t id) {
    const std::uint64_t from = path_.back();
    path_.push_back(id);
    const Page page = TRY(store_->tx_page(id));
    if (Done done = check_page(page); !done)
        return done;
    return hang(fmt::format("page {} leads back to page {}: it runs out of stack", from, id),
                PageId{id});
}

Done Checker::check_page(const Page& page) {
    const std::uint64_t end = store_->meta().high_water_mark;
    const auto as_int = [](std::uint64_t id) { return static_cast<std::int64_t>(id); };
    if (page.id > end)
        if (Done done = problem(fmt::format("page {}: out of bounds: {}{}", as_int(page.id),
                                            as_int(end), stack_text()));
            !done)
            return done;
    if (page.overflow > patience)
        return hang("out of memory: a page says that it has so many overflow pages",
                    PageId{path_.back()});
    for (std::uint64_t i = 0; i <= page.overflow; ++i)
        if (!reachable_.insert(page.id + i).second)
            if (Done done = problem(fmt::format("page {}: multiple references{}",
                                                as_int(page.id + i), stack_text()));
                !done)
                return done;
    if (freed_.contains(page.id))
        return problem(fmt::format("page {}: reachable freed", as_int(page.id)));
    if (!store_->is_branch(page) && !store_->is_leaf(page))
        return problem(fmt::format("page {}: invalid type: {}{}", as_int(page.id),
                                   store_->type_of(page), stack_text()));
    return {};
}

// 1.3.6 asks for a bucket of every key's name, later ones of buckets' names.
Done Checker::check_entries(Bucket& bucket) {
    Cursor cursor(*store_, bucket);
    for (Entry entry = TRY(cursor.first()); !entry.key.is_nil; entry = TRY(cursor.next())) {
        if (store_->rules().asks_pages() && !entry.is_bucket())
            continue;
        const std::size_t blocks = store_->memory().block_count();
        std::unique_ptr<Bucket> kept;
        Bucket* child = TRY(open_bucket(*store_, bucket, entry.key, kept));
        if (child != nullptr)
            if (Done done = check_bucket(*child); !done)
                return done;
        store_->memory().release(blocks);
    }
    return {};
}

Ended<std::vector<std::uint64_t>> free_pages_by_tree(Store& store) {
    Checker checker(store);
    if (Done done = checker.find_reachable(); !done)
        return std::move(done).error();
    std::vector<std::uint64_t> ids;
    for (std::uint64_t id = 2; id < store.meta().high_water_mark; ++id) {
        if (id > patience * 16)
            return hang("out of memory: it lists every page below a high water mark that cannot "
                        "be");
        if (!checker.is_reachable(id))
            ids.push_back(id);
    }
    return ids;
}

} // namespace rebolt::predict
