#include "salvage/recover/account.hpp"

#include <algorithm>
#include <vector>

namespace rebolt::salvage {
namespace {

using format::BucketView;

} // namespace

// Calls lead(from, to, key) for all that orphans lead to; without a key: to the
// root of a bucket.
void Account::for_each_lead(const Lead& lead) const {
    const Survey& pages = context_.pages;
    for (std::uint64_t id = 2; id < pages.page_count() && pages.goes_on(); ++id) {
        const PageId page{id};
        if (!(pages.is_branch(page) || pages.has(page, Survey::has_buckets)) || !is_orphan(page))
            continue;
        if (pages.is_branch(page)) {
            const SafeBranch view(pages.bytes(page));
            for (std::size_t i = 0; i < view.count(); ++i)
                lead(page, view.element(i).child, view.element(i).key);
        } else {
            const SafeLeaf view(pages.bytes(page));
            for (std::size_t i = 0; i < view.count(); ++i) {
                const auto element = view.element(i);
                const auto bucket = BucketView::of(element.value);
                if (element.is_bucket() && bucket && !bucket->is_inline())
                    lead(page, bucket->root(), std::nullopt);
            }
        }
    }
}

bool Account::is_orphan(PageId page) const noexcept {
    const Survey& pages = context_.pages;
    return (pages.kind(page) == PageKind::leaf || pages.kind(page) == PageKind::branch) &&
           !pages.has(page, Survey::used) && !pages.has(page, Survey::free) &&
           !pages.has(page, Survey::bad) && !pages.has(page, Survey::outdated) &&
           count_of(pages.bytes(page)) != 0;
}

void Account::mark_led_to() const {
    Survey& pages = context_.pages;
    const auto lead = [&](PageId from, PageId to) {
        if (number(to) >= 2 && number(to) < pages.page_count() && to != from && is_orphan(to))
            pages.set(to, Survey::led_to);
    };
    for_each_lead([&](PageId from, PageId to, std::optional<std::string_view>) { lead(from, to); });
}

void Account::mark_contested() const {
    Survey& pages = context_.pages;
    // Only pages that several lead to need to be read.
    std::vector<bool> is_led_to(pages.page_count());
    std::vector<bool> several(pages.page_count());
    for_each_lead([&](PageId, PageId to, std::optional<std::string_view>) {
        if (number(to) >= pages.page_count())
            return;
        several[number(to)] = is_led_to[number(to)];
        is_led_to[number(to)] = true;
    });
    const auto mark = [&](bool is_second_round) {
        for_each_lead([&](PageId, PageId to, std::optional<std::string_view> key) {
            if (number(to) < 2 || number(to) >= pages.page_count() || !several[number(to)] ||
                !is_orphan(to) || !pages.is_leaf(to))
                return;
            const bool is_proven = !key || *key == first_key(pages.bytes(to));
            if (is_second_round && !is_proven && pages.has(to, Survey::entered))
                pages.set(to, Survey::contested);
            else if (!is_second_round && is_proven)
                pages.set(to, pages.has(to, Survey::entered) ? Survey::disputed : Survey::entered);
        });
    };
    pages.clear_all(Survey::entered);
    mark(false);
    mark(true);
}

std::uint64_t Account::pages_missing() const {
    const Survey& pages = context_.pages;
    const std::uint64_t end = std::min(newest_.page_end, pages.page_count());
    std::uint64_t missing = newest_.page_end - end;
    const std::uint64_t freelist = number(newest_.freelist);
    const std::uint64_t freelist_end =
        freelist < pages.page_count() ? freelist + pages.run_length(newest_.freelist) : freelist;
    for (std::uint64_t id = 2; id < end; ++id) {
        const PageId page{id};
        const bool is_found = pages.has(page, Survey::used) || pages.has(page, Survey::free) ||
                              pages.has(page, Survey::bad) || (id >= freelist && id < freelist_end);
        missing += is_found ? 0 : 1;
    }
    return missing;
}

} // namespace rebolt::salvage
