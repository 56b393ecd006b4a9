#include "salvage/recover/account_of_loss.hpp"

#include <algorithm>

namespace rebolt::salvage {
namespace {

constexpr std::uint64_t lost_ranges_bytes_max = 4U << 20;

// What stands there is the page that the hole lacks, though damaged.
bool has_own_header(const Context& context, const Hole& hole) {
    return number(hole.page) >= 2 && number(hole.page) < context.pages.page_count() &&
           !hole.has_wrong_id && hole.code != FindingCode::page_reachable_but_free &&
           load<format::PageHeader>(context.pages.bytes(hole.page).data()).id == number(hole.page);
}

bool was_leaf(const Context& context, const Hole& hole) {
    if (hole.count != 0)
        return true;
    if (has_own_header(context, hole) &&
        load<format::PageHeader>(context.pages.bytes(hole.page).data()).type() ==
            format::PageType::leaf)
        return true;
    const auto level = context.leaf_levels.find(hole.bucket);
    return hole.level != 0 && level != context.leaf_levels.end() && level->second == hole.level;
}

// How many keys a hole's leaf should have given.
std::uint64_t expected_in(const Context& context, const EntryWriter& entries, const Hole& hole) {
    if (hole.count != 0)
        return hole.count;
    if (has_own_header(context, hole)) {
        const Bytes page = context.pages.bytes(hole.page);
        const auto header = load<format::PageHeader>(page.data());
        if (header.type() == format::PageType::leaf && header.count != 0)
            return std::min<std::uint64_t>(header.count, page.size() / format::element_bytes);
    }
    return entries.keys_a_leaf();
}

// Pages of the newest state, or of any where no freelist tells, of which nothing
// came back: the most that can be missing below a branch or a root.
std::uint64_t pages_missing(const Context& context) {
    const Survey& pages = context.pages;
    const std::uint64_t end = std::min(context.page_end(), pages.page_count());
    std::uint64_t missing = context.page_end() > end ? context.page_end() - end : 0;
    for (std::uint64_t id = 2; id < end; ++id)
        missing += !pages.has(PageId{id}, Survey::used) && !pages.has(PageId{id}, Survey::free) &&
                           pages.kind(PageId{id}) != PageKind::freelist
                       ? 1
                       : 0;
    return missing;
}

class Loss {
public:
    Loss(const Context& context, const EntryWriter& entries, const FillHoles* holes,
         RecoverReport& report)
        : context_(context), entries_(entries), holes_(holes), report_(report) {}

    void run() {
        for (std::size_t i = 0; i < context_.holes.size(); ++i)
            add(context_.holes[i], holes_ != nullptr && holes_->is_found_again(i));
        report_.ranges = context_.holes.size();
        report_.lost_estimate += entries_.wrong_in_root() + context_.wrong_elements;
        if (!report_.is_loss_known)
            report_.pages_missing = pages_missing(context_);
    }

private:
    void add(const Hole& hole, bool is_found_again) {
        const bool is_known = is_found_again || was_leaf(context_, hole);
        std::uint64_t lost = 0;
        if (!is_known) // how much was below it nobody knows
            lost = hole.restored == 0 ? 1 : 0;
        else if (!is_found_again)
            lost = expected_in(context_, entries_, hole) -
                   std::min(hole.restored, expected_in(context_, entries_, hole));
        report_.restored += hole.restored;
        report_.lost_estimate += lost;
        report_.is_loss_known = report_.is_loss_known && is_known;
        listed_bytes_ +=
            hole.range.lower.value_or("").size() + hole.range.upper.value_or("").size();
        if (report_.listed_ranges.size() >= context_.options.listed_max ||
            listed_bytes_ > lost_ranges_bytes_max)
            return;
        LostRange range{.bucket = context_.buckets.path(hole.bucket),
                        .first = std::string(hole.range.lower.value_or("")),
                        .end = std::nullopt,
                        .page = hole.page,
                        .code = hole.code,
                        .restored = hole.restored,
                        .lost_estimate = lost,
                        .is_loss_known = is_known};
        if (hole.range.upper)
            range.end = *hole.range.upper;
        for (const std::string& name : range.bucket)
            listed_bytes_ += name.size();
        report_.listed_ranges.push_back(std::move(range));
    }

    const Context& context_;
    const EntryWriter& entries_;
    const FillHoles* holes_;
    RecoverReport& report_;
    std::uint64_t listed_bytes_ = 0;
};

RecoverOutcome outcome_of(const RecoverReport& report) {
    if (report.counts.is_empty() && (report.ranges != 0 || report.lost_estimate != 0))
        return RecoverOutcome::nothing;
    const bool is_all = report.lost_estimate == 0 && report.is_loss_known &&
                        report.counts.is_all_current() && report.counts.partial == 0 &&
                        report.lost_and_found.is_empty() && report.stale_left_out == 0;
    return is_all ? RecoverOutcome::all : RecoverOutcome::incomplete;
}

} // namespace

void report_loss(const Context& context, const EntryWriter& entries, const FillHoles* holes,
                 RecoverReport& report) {
    Loss(context, entries, holes, report).run();
    report.outcome = outcome_of(report);
}

} // namespace rebolt::salvage
