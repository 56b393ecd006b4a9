#include <rebolt/record_count.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <rebolt/content_sample.hpp>
#include <rebolt/schema.hpp>

#include "base/try.hpp"
#include "salvage/recover/entry_writer.hpp"

namespace rebolt {
namespace {

constexpr std::string_view any_kind = "other records";

// The kind that both ends of the range are of.
std::string_view kind_in(Owner owner, const LostRange& range) {
    constexpr std::string_view behind_all = "\xff";
    const std::string_view kind = schema::record_kind(owner, range.bucket, range.first);
    const std::string_view last =
        schema::record_kind(owner, range.bucket, range.end ? *range.end : behind_all);
    return kind.empty() || kind != last ? any_kind : kind;
}

std::string text_of_sum(const RecordSum& sum) {
    if (sum.recovered == 0 && sum.is_loss_known)
        return fmt::format("about {} {} lost", sum.lost, sum.kind);
    const std::string total =
        !sum.is_loss_known ? ""
                           : fmt::format("of {}{} ", sum.lost == 0 ? "" : "about ", sum.total());
    return fmt::format("{} {}{}{}", sum.recovered, total, sum.kind,
                       sum.older == 0 ? "" : fmt::format(" ({} older)", sum.older));
}

} // namespace

void RecordCount::add(const RecoveredItem& item) {
    if (!item.bucket.empty() && item.bucket.front() == salvage::lost_and_found_name)
        return;
    const std::string_view kind = item.is_bucket
                                      ? schema::record_kind_of_bucket(owner_, item.bucket)
                                      : schema::record_kind(owner_, item.bucket, item.key);
    if (kind.empty())
        return;
    auto sum = sums_.find(kind);
    if (sum == sums_.end())
        sum = sums_.emplace(kind, RecordSum{.kind = std::string(kind)}).first;
    ++sum->second.recovered;
    sum->second.older += item.provenance == Provenance::stale ? 1 : 0;
}

std::vector<RecordSum> RecordCount::sums(const RecoverReport& report) const {
    auto sums = sums_;
    std::uint64_t placed = 0;
    const auto lose = [&](std::string_view kind, std::uint64_t lost) {
        RecordSum& sum = sums[std::string(kind)];
        sum.kind = kind;
        sum.lost += lost;
    };
    for (const LostRange& range : report.listed_ranges) {
        placed += range.lost_estimate;
        if (range.lost_estimate != 0)
            lose(kind_in(owner_, range), range.lost_estimate);
    }
    if (report.lost_estimate > placed)
        lose(any_kind, report.lost_estimate - placed);
    std::vector<RecordSum> list;
    for (auto& [kind, sum] : sums) {
        sum.is_loss_known = report.is_loss_known;
        list.push_back(std::move(sum));
    }
    return list;
}

Result<std::optional<Rehearsal>> rehearse_recovery(const PageSource& source,
                                                   const RehearsalOptions& options) {
    if (source.file().size() > options.bytes_max)
        return std::nullopt;
    RecordCount count(owner_of(source, known_owner_rules()));
    RecoverOptions recover;
    recover.dry_run = true;
    recover.on_item = [&](const RecoveredItem& item) -> Result<void> {
        count.add(item);
        return {};
    };
    auto recovery = TRY(Recovery::begin(source, {}, std::move(recover)));
    TRY(recovery.run(options.progress));
    Rehearsal rehearsal{recovery.report(), {}};
    rehearsal.records = count.sums(rehearsal.recovery);
    return rehearsal;
}

std::string to_text(std::span<const RecordSum> sums) {
    std::string text;
    for (const RecordSum& sum : sums) {
        if (sum.recovered != 0 || sum.is_loss_known)
            text += (text.empty() ? "" : ", ") + text_of_sum(sum);
    }
    const bool is_loss_known = std::ranges::all_of(sums, &RecordSum::is_loss_known);
    return text.empty() || is_loss_known ? text : text + "; how many are lost is not known";
}

} // namespace rebolt
