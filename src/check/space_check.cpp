#include "check/space_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace rebolt::check_walk {
namespace {

constexpr std::size_t runs_shown = 8;

bool is_leaked(std::uint8_t cell) noexcept {
    return (cell & PageMap::role_bits) == 0 && (cell & PageMap::free) == 0;
}

void report_leaked(CheckContext& context, const Tree& primary, std::uint64_t leaked) {
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
                           fmt::format("{} pages are neither in use nor free: {}{}", leaked, runs,
                                       run_count > runs_shown ? ", …" : ""));
    finding.transaction = TxId{primary.meta.fields.txid};
    finding.repeated = leaked - 1;
    context.log.add(std::move(finding));
}

} // namespace

PageCounts account_for_pages(CheckContext& context, const Tree& primary) {
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
        report_leaked(context, primary, counts.leaked);
    return counts;
}

} // namespace rebolt::check_walk
