// Collects findings: each cause once, a bounded number in full, all counted.
// When there are more than fit, a graver one takes the place of a lesser one,
// so that the gravest is always there to give the verdict.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/finding.hpp>

namespace rebolt::check_walk {

class FindingLog {
public:
    explicit FindingLog(std::size_t findings_max)
        : findings_max_(findings_max == 0 ? 1 : findings_max) {}

    /// True if a finding of this code at this page is to be put into words and
    /// added; else it is counted, as a repetition or as left out. Saves the
    /// making of texts that nobody will read.
    [[nodiscard]] bool wants(FindingCode code, PageId page, Severity severity);
    /// Takes a finding. One of the same code at the same page, from the other
    /// tree, is the same cause: it is only counted as a repetition.
    void add(Finding finding);
    /// Counts a symptom under the finding at `page`, whatever its code.
    void repeat(PageId page, std::uint64_t times = 1);
    /// True if there is a finding at this page.
    [[nodiscard]] bool has(PageId page) const { return by_page_.contains(number(page)); }

    /// Merges what has one cause, sorts worst first, and moves it all into
    /// `report`.
    void finish(CheckReport& report) &&;

private:
    [[nodiscard]] bool has_room_for(Severity severity) const noexcept;
    void merge(FindingCode cause, FindingCode symptom);
    [[nodiscard]] Finding* find(PageId page, FindingCode code);

    std::size_t findings_max_;
    std::vector<Finding> findings_;
    std::unordered_multimap<std::uint64_t, std::size_t> by_page_; // of findings_ only
    std::array<std::uint64_t, finding_code_count> count_of_{};
    std::array<std::size_t, 4> kept_of_{}; ///< by severity
    std::uint64_t left_out_ = 0;
};

} // namespace rebolt::check_walk
