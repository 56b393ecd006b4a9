#include "salvage/surgery/page_of_tree.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::salvage {

Error refused(const PageSource& source, std::string why) {
    return Error(ErrorCode::invalid_argument, std::move(why)).in_file(source.path());
}

std::uint64_t page_end(const PageSource& source, const MetaPair& metas) noexcept {
    if (!metas.current)
        return source.page_count();
    return std::min(source.page_count(), metas.current_fields().high_water_mark);
}

Result<format::PageView> whole_page(const PageSource& source, const MetaPair& metas, PageId id) {
    const std::uint64_t end = page_end(source, metas);
    if (number(id) >= end)
        return refused(source, fmt::format("there is no page {}: the database has pages 0 to {}",
                                           number(id), end == 0 ? 0 : end - 1));
    const format::PageView page = TRY(source.page(id));
    const auto damaged = [&](FindingCode code, std::string message) {
        return Error(Finding{.code = code,
                             .severity = text_of(code).severity,
                             .place = {.page = id,
                                       .offset = number(id) * source.page_size_bytes(),
                                       .bucket = {},
                                       .path = {}},
                             .message = std::move(message),
                             .transaction = std::nullopt})
            .in_file(source.path());
    };
    if (page.header().overflow >= end - number(id))
        return damaged(FindingCode::page_overflow_out_of_range,
                       fmt::format("overflow is {}, the database ends {} pages behind this one",
                                   page.header().overflow, end - number(id) - 1));
    if (!source.probe(number(id) * source.page_size_bytes(), page.bytes().size()))
        return damaged(FindingCode::page_unreadable, "the system could not read the page");
    return page;
}

} // namespace rebolt::salvage

namespace rebolt::surgery {

Result<void> must_not_lead_back(const EditEffect& effect) {
    constexpr auto cycle = static_cast<std::size_t>(FindingCode::page_cycle);
    if (effect.after.count_of[cycle] <= effect.before.count_of[cycle])
        return {};
    for (const Finding& finding : effect.after.findings)
        if (finding.code == FindingCode::page_cycle)
            return Error(Finding{.code = finding.code,
                                 .severity = finding.severity,
                                 .place = finding.place,
                                 .message = "refused, as bbolt would never end on the file: " +
                                            finding.message,
                                 .transaction = finding.transaction})
                .in_file(effect.before.path);
    return {};
}

} // namespace rebolt::surgery
