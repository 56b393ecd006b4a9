#include "check/space_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "check/unreachable_pages.hpp"

namespace rebolt::check_walk {
namespace {

constexpr std::size_t runs_shown = 8;

std::string about_content(const Unreachable& found) {
    if (found.pages == 0)
        return "; the tree has all that they hold";
    return fmt::format("; {} of them with {} {} of buckets that were deleted with the bucket that "
                       "they were in: bbolt forgot to free them",
                       found.pages, found.keys, found.keys == 1 ? "key" : "keys");
}

void report_leaked(CheckContext& context, const Tree& primary, std::uint64_t leaked,
                   const Unreachable& found) {
    std::string runs;
    std::size_t run_count = 0;
    std::optional<PageId> first;
    const std::uint64_t end =
        std::min(primary.meta.fields.high_water_mark, context.map.page_count());
    for (std::uint64_t id = 2; id < end && run_count <= runs_shown; ++id) {
        if (!is_leaked(context.map.at(PageId{id})))
            continue;
        std::uint64_t last = id;
        while (last + 1 < end && is_leaked(context.map.at(PageId{last + 1})))
            ++last;
        if (!first)
            first = PageId{id};
        if (run_count++ < runs_shown)
            runs += fmt::format("{}{}{}", runs.empty() ? "" : ", ", id,
                                last == id ? "" : fmt::format("-{}", last));
        id = last;
    }
    if (!first)
        return;
    Finding finding =
        context.finding_at(FindingCode::page_leaked, *first, 0,
                           fmt::format("{} {} neither in use nor free: {}{}{}", leaked,
                                       leaked == 1 ? "page is" : "pages are", runs,
                                       run_count > runs_shown ? ", …" : "", about_content(found)));
    finding.transaction = TxId{primary.meta.fields.txid};
    finding.repeated = leaked - 1;
    context.log.add(std::move(finding));
}

// A write of a root or a branch was lost: what it led to can no longer be reached.
void report_unreachable(CheckContext& context, const Tree& primary, const Unreachable& found) {
    const bool is_one = found.pages == 1;
    Finding finding = context.finding_at(
        FindingCode::pages_unreachable, *found.first, 0,
        fmt::format(
            "{} {} with {} {} cannot be reached: {}", found.pages, is_one ? "page" : "pages",
            found.keys, found.keys == 1 ? "key" : "keys",
            found.origin == LeakOrigin::lost_write
                ? fmt::format("a page that led to {} was not written", is_one ? "it" : "them")
                : "a write was lost, or bbolt forgot to free a deleted bucket"));
    finding.transaction = TxId{primary.meta.fields.txid};
    context.log.add(std::move(finding));
}

// Each commit frees the freelist's page of the one before. A freelist that does not
// list it is not this transaction's: it is older, or lost ids.
bool is_freelist_anothers(const CheckContext& context, const Tree& primary, const Tree* previous) {
    if (previous == nullptr || !previous->meta.valid)
        return false;
    const format::MetaFields& before = previous->meta.fields;
    const PageId page{before.freelist};
    return before.txid + 1 == primary.meta.fields.txid && page != no_freelist &&
           before.freelist < context.map.page_count() && is_leaked(context.map.at(page));
}

void report_freelist(CheckContext& context, const Tree& primary, const Tree& previous,
                     std::uint64_t leaked) {
    Finding finding = context.finding_at(
        FindingCode::freelist_incomplete, PageId{primary.meta.fields.freelist}, 0,
        fmt::format("page {} is not listed, which held the freelist before and was freed by "
                    "transaction {}; {} pages are neither in use nor free",
                    previous.meta.fields.freelist, primary.meta.fields.txid, leaked));
    finding.transaction = TxId{primary.meta.fields.txid};
    context.log.add(std::move(finding));
}

// Pages that are nothing, of a tree without findings and with a sound freelist.
void judge_leaked(CheckContext& context, const Tree& primary, const Tree* previous,
                  std::uint64_t leaked, TreeReport& report) {
    const Unreachable found =
        report.findings == 0 ? find_unreachable(context, primary, previous) : Unreachable{};
    const bool is_old_freelist =
        found.pages != 0 && is_freelist_anothers(context, primary, previous);
    if (!is_old_freelist && (found.pages == 0 || found.origin == LeakOrigin::forgotten_buckets))
        return report_leaked(context, primary, leaked, found);
    ++report.findings;
    report.whole = false;
    if (is_old_freelist)
        return report_freelist(context, primary, *previous, leaked);
    report.is_sound = false;
    report_unreachable(context, primary, found);
}

} // namespace

PageCounts account_for_pages(CheckContext& context, const Tree& primary, const Tree* previous,
                             TreeReport& report) {
    PageCounts counts;
    counts.total = primary.meta.fields.high_water_mark;
    const std::uint64_t present = std::min(counts.total, context.map.page_count());
    counts.missing = counts.total - present;
    const auto histogram = context.map.histogram(present);
    for (std::size_t cell = 0; cell < histogram.size(); ++cell) {
        const std::uint64_t pages = histogram[cell];
        switch (static_cast<Role>(cell & PageMap::role_bits)) {
        case Role::meta:
            counts.meta += pages;
            break;
        case Role::freelist:
            counts.freelist += pages;
            break;
        case Role::branch:
            counts.branch += pages;
            break;
        case Role::leaf:
            counts.leaf += pages;
            break;
        case Role::overflow:
            counts.overflow += pages;
            break;
        case Role::damaged:
            counts.damaged += pages;
            break;
        case Role::none:
            ((cell & PageMap::free) != 0 ? counts.free : counts.leaked) += pages;
            break;
        }
    }
    const bool whole = !context.primary_has_holes && context.primary_freelist_known;
    if (whole && PageId{primary.meta.fields.freelist} == no_freelist)
        counts.free += std::exchange(counts.leaked, 0);
    if (whole && counts.missing == 0 && counts.leaked != 0)
        judge_leaked(context, primary, previous, counts.leaked, report);
    return counts;
}

void account_for_previous(CheckContext& context, const Tree& previous, TreeReport& report) {
    const bool has_freelist = PageId{previous.meta.fields.freelist} != no_freelist;
    if (!report.whole || !has_freelist ||
        previous.meta.fields.high_water_mark > context.map.page_count())
        return;
    const Unaccounted found = find_unaccounted(context, previous);
    if (found.pages == 0)
        return;
    ++report.findings;
    report.whole = false;
    Finding finding = context.finding_at(
        FindingCode::pages_unreachable, *found.first, 0,
        fmt::format("{} {} of transaction {} {} neither in its tree nor free: a later commit has "
                    "begun to write over it",
                    found.pages, found.pages == 1 ? "page" : "pages", number(report.transaction),
                    found.pages == 1 ? "is" : "are"));
    finding.severity = Severity::note;
    finding.transaction = report.transaction;
    context.log.add(std::move(finding));
}

} // namespace rebolt::check_walk
