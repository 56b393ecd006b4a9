#include <rebolt/check.hpp>
#include <rebolt/content_sample.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "check/check_context.hpp"
#include "check/freelist_check.hpp"
#include "check/meta_check.hpp"
#include "check/parallel_pass.hpp"
#include "check/space_check.hpp"
#include "check/tree_check.hpp"

namespace rebolt {
namespace check_walk {
namespace {

constexpr unsigned threads_max = 64;

unsigned threads_for(const CheckContext& context) {
    if (context.options.threads != 0)
        return std::min(context.options.threads, threads_max);
    return std::clamp(std::thread::hardware_concurrency(), 1U, threads_max);
}

Result<TreeReport> check_tree(CheckContext& context, const Tree& tree) {
    if (tree.primary && !context.options.from_page &&
        context.map.page_count() >= context.options.parallel_pages_min) {
        if (std::optional<TreeReport> report =
                TRY(parallel_pass(context, tree, threads_for(context))))
            return *report;
        context.map.forget_trees();
    }
    return TreeCheck(context, tree).run();
}

// A high water mark beyond the file is either a file that lost its end or a
// meta that claims too much: what is asked for behind the end tells which.
void judge_file_size(CheckContext& context, const Tree& primary) {
    const std::uint64_t high_water_mark = primary.meta.fields.high_water_mark;
    const std::uint64_t pages = context.source.page_count();
    if (high_water_mark <= pages)
        return;
    const bool truncated = context.missing_pages_needed ||
                           context.source.file_bytes() % context.source.page_size_bytes() != 0;
    Finding finding{.code =
                        truncated ? FindingCode::file_truncated : FindingCode::meta_hwm_beyond_file,
                    .severity = Severity::fatal,
                    .place = {},
                    .message = fmt::format("the file ends at byte {}, with page {}; meta {} counts "
                                           "{} pages",
                                           context.source.file_bytes(), pages == 0 ? 0 : pages - 1,
                                           number(primary.meta.page), high_water_mark),
                    .transaction = TxId{primary.meta.fields.txid}};
    if (truncated) {
        finding.place.offset = context.source.file_bytes();
    } else {
        finding.place.page = primary.meta.page;
        finding.place.offset = context.offset_of(primary.meta.page) + format::page_header_bytes +
                               offsetof(format::MetaFields, high_water_mark);
    }
    context.log.add(std::move(finding));
}

// No release of bbolt makes a file so much longer than its high water mark: it is
// sparse, or something appended to it.
Result<void> judge_file_length(CheckContext& context, const Tree& primary) {
    constexpr std::uint64_t absurd_bytes = std::uint64_t{64} << 30U;
    constexpr std::uint64_t absurd_times = 8;
    const std::uint64_t length_bytes = TRY(context.source.current_file_bytes());
    const std::uint64_t pages =
        std::min(primary.meta.fields.high_water_mark, context.source.page_count());
    const std::uint64_t needed_bytes = pages * context.source.page_size_bytes();
    if (length_bytes < absurd_bytes || length_bytes / absurd_times < needed_bytes)
        return {};
    context.log.add({.code = FindingCode::file_oversized,
                     .severity = Severity::note,
                     .place = {},
                     .message = fmt::format("the file has {} bytes, the database in it {}",
                                            length_bytes, needed_bytes),
                     .transaction = std::nullopt});
    return {};
}

Result<void> judge_shrinking(CheckContext& context) {
    const std::uint64_t now = TRY(context.source.current_file_bytes());
    if (now < context.source.file_bytes()) {
        Finding finding = context.finding_at(
            FindingCode::file_truncated, PageId{now / context.source.page_size_bytes()}, 0,
            fmt::format("the file shrank from {} to {} bytes while it was read",
                        context.source.file_bytes(), now));
        context.log.add(std::move(finding));
    }
    return {};
}

Verdict verdict_of(const CheckReport& report) {
    for (const Finding& finding : report.findings)
        if (finding.code == FindingCode::not_a_bolt_file ||
            finding.code == FindingCode::foreign_byte_order)
            return Verdict::not_a_bolt_file;
    const std::optional<Severity> worst = report.worst();
    return worst && *worst >= Severity::data ? Verdict::damaged : Verdict::clean;
}

// What lies below one page. Its metas and its freelist are not looked at.
Result<TreeReport> check_part(CheckContext& context, const Tree& tree) {
    TreeReport report = TRY(TreeCheck(context, tree).run());
    report.is_sound = report.whole = report.findings == 0;
    return report;
}

Result<void> check_trees(CheckContext& context, const std::vector<Tree>& trees,
                         CheckReport& report) {
    for (const PageId meta : {PageId{0}, PageId{1}})
        if (number(meta) < context.map.page_count())
            context.map.claim(meta, Role::meta);
    if (context.options.from_page && !trees.empty()) {
        report.trees.push_back(TRY(check_part(context, trees.front())));
        return {};
    }
    std::vector<bool> has_sound_freelist;
    for (const Tree& tree : trees)
        has_sound_freelist.push_back(check_freelist(context, tree));
    for (std::size_t i = 0; i < trees.size(); ++i) {
        TreeReport tree = TRY(check_tree(context, trees[i]));
        tree.is_sound = tree.findings == 0;
        tree.findings += has_sound_freelist[i] ? 0 : 1;
        tree.whole = tree.findings == 0;
        if (i == 0 && tree.current)
            report.pages =
                account_for_pages(context, trees[i], trees.size() > 1 ? &trees[1] : nullptr, tree);
        if (i == 0)
            context.walks_previous_whole = !tree.whole;
        report.trees.push_back(tree);
    }
    if (trees.empty())
        return {};
    judge_file_size(context, trees.front());
    TRY(judge_file_length(context, trees.front()));
    for (std::size_t i = 1; i < trees.size(); ++i)
        account_for_previous(context, trees[i], report.trees[i]);
    return {};
}

// Below the high water marks of both trees, as far as the file goes. A meta's
// number may be anything: memory must follow the file, not the number.
std::uint64_t pages_to_map(const PageSource& source, const std::vector<Tree>& trees) {
    std::uint64_t pages = 0;
    for (const Tree& tree : trees)
        pages = std::max(pages, tree.meta.fields.high_water_mark);
    return std::min(pages, source.page_count());
}

} // namespace
} // namespace check_walk

std::string_view name_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::clean:
        return "clean";
    case Verdict::damaged:
        return "damaged";
    case Verdict::not_a_bolt_file:
        return "not-a-bolt-file";
    }
    return "unknown";
}

std::optional<Severity> CheckReport::worst() const noexcept {
    std::optional<Severity> worst;
    for (const Finding& finding : findings)
        if (!worst || finding.severity > *worst)
            worst = finding.severity;
    return worst;
}

bool CheckReport::has_sound_pages() const noexcept {
    if (verdict != Verdict::damaged)
        return verdict == Verdict::clean;
    return findings_left_out == 0 && std::ranges::all_of(findings, [](const Finding& finding) {
               return finding.severity < Severity::data ||
                      finding.code == FindingCode::value_malformed;
           });
}

const TreeReport* CheckReport::whole_tree() const noexcept {
    const TreeReport* newest = nullptr;
    for (const TreeReport& tree : trees)
        if (tree.whole && (newest == nullptr || tree.transaction > newest->transaction))
            newest = &tree;
    return newest;
}

namespace {

Result<CheckReport> check_all(const PageSource& source, const CheckOptions& options) {
    CheckReport report;
    report.path = source.path();
    report.file_bytes = source.file_bytes();
    report.page_size_bytes = source.page_size_bytes();
    check_walk::FindingLog log(options.findings_max);
    if (std::optional<Finding> finding = check_walk::not_a_database(source)) {
        if (finding->code == FindingCode::not_a_bolt_file)
            report.foreign = foreign_file(source.file());
        log.add(std::move(*finding));
        std::move(log).finish(report);
        report.verdict = check_walk::verdict_of(report);
        return report;
    }
    check_walk::Metas metas = check_walk::read_metas(source, log);
    report.metas = std::move(metas.reports);
    check_walk::CheckContext context{
        .source = source,
        .options = options,
        .map = TRY(check_walk::PageMap::create(check_walk::pages_to_map(source, metas.trees))),
        .log = std::move(log),
        .owner = owner_of(source, options.owners)};
    TRY(check_walk::check_trees(context, metas.trees, report));
    TRY(check_walk::judge_shrinking(context));
    report.owner = context.owner;
    report.pages_entered = context.pages_entered.load();
    report.bytes_covered =
        (report.pages.total - report.pages.missing - report.pages.free - report.pages.leaked) *
        report.page_size_bytes;
    std::move(context.log).finish(report);
    report.verdict = check_walk::verdict_of(report);
    return report;
}

} // namespace

Result<CheckReport> check(const PageSource& source, const CheckOptions& options) {
    return with_memory([&] { return check_all(source, options); });
}

} // namespace rebolt
