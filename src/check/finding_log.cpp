#include "check/finding_log.hpp"

#include <algorithm>
#include <utility>

namespace rebolt::check_walk {

Finding* FindingLog::find(PageId page, FindingCode code) {
    const auto [begin, end] = by_page_.equal_range(number(page));
    for (auto at = begin; at != end; ++at)
        if (findings_[at->second].code == code)
            return &findings_[at->second];
    return nullptr;
}

bool FindingLog::has_room_for(Severity severity) const noexcept {
    if (findings_.size() < findings_max_)
        return true;
    for (std::size_t lesser = 0; lesser < static_cast<std::size_t>(severity); ++lesser)
        if (kept_of_[lesser] != 0)
            return true;
    return false;
}

bool FindingLog::wants(FindingCode code, PageId page, Severity severity) {
    if (Finding* same = find(page, code)) {
        ++same->repeated;
        return false;
    }
    if (has_room_for(severity))
        return true;
    ++count_of_[static_cast<std::size_t>(code)];
    ++left_out_;
    return false;
}

void FindingLog::add(Finding finding) {
    if (finding.place.page && !wants(finding.code, *finding.place.page, finding.severity))
        return;
    ++count_of_[static_cast<std::size_t>(finding.code)];
    std::size_t at = findings_.size();
    if (at < findings_max_) {
        findings_.emplace_back();
    } else {
        ++left_out_;
        if (!has_room_for(finding.severity))
            return;
        const auto least = std::ranges::min_element(findings_, {}, &Finding::severity);
        --kept_of_[static_cast<std::size_t>(least->severity)];
        at = static_cast<std::size_t>(least - findings_.begin());
        std::erase_if(by_page_, [&](const auto& entry) { return entry.second == at; });
    }
    if (finding.place.page)
        by_page_.emplace(number(*finding.place.page), at);
    ++kept_of_[static_cast<std::size_t>(finding.severity)];
    findings_[at] = std::move(finding);
}

void FindingLog::repeat(PageId page, std::uint64_t times) {
    const auto at = by_page_.find(number(page));
    if (at != by_page_.end())
        findings_[at->second].repeated += times;
}

// Drops findings of `symptom` at pages that have one of `cause`, counting them.
void FindingLog::merge(FindingCode cause, FindingCode symptom) {
    for (Finding& finding : findings_) {
        if (finding.code != symptom || !finding.place.page)
            continue;
        Finding* source = find(*finding.place.page, cause);
        if (source == nullptr)
            continue;
        source->repeated += finding.repeated + 1;
        finding.place.page.reset(); // marks it as merged
        finding.message.clear();
        --count_of_[static_cast<std::size_t>(symptom)];
    }
    std::erase_if(findings_, [&](const Finding& finding) {
        return finding.code == symptom && finding.message.empty();
    });
    by_page_.clear();
    for (std::size_t i = 0; i < findings_.size(); ++i)
        if (findings_[i].place.page)
            by_page_.emplace(number(*findings_[i].place.page), i);
}

void FindingLog::finish(CheckReport& report) && {
    using enum FindingCode;
    // A page that two parents lead to cannot fit the ranges of both.
    merge(page_shared, key_outside_parent_range);
    // An overflow that runs out of the database does not fit the content either.
    merge(page_overflow_out_of_range, layout_not_canonical);
    // A child id that leads to a free page which in turn leads back.
    merge(page_cycle, page_reachable_but_free);
    std::ranges::stable_sort(
        findings_, [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    report.findings = std::move(findings_);
    report.findings_left_out = left_out_;
    report.count_of = count_of_;
}

} // namespace rebolt::check_walk
