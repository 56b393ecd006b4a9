// freelist abandon, freelist rebuild.
#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/surgery/page_of_tree.hpp"

namespace rebolt::surgery {
namespace {

bool is_about_freelist(FindingCode code) {
    using enum FindingCode;
    return code == freelist_type || code == freelist_count || code == freelist_out_of_range ||
           code == freelist_duplicate || code == freelist_unsorted ||
           code == meta_freelist_out_of_range;
}

// A current freelist that is there, right, and lists all that is free.
bool is_right(const CheckReport& report) {
    if (PageId{report.metas.at(report.metas[0].current ? 0 : 1).fields.freelist} == no_freelist)
        return false;
    for (const Finding& finding : report.findings)
        if (finding.severity > Severity::note &&
            (is_about_freelist(finding.code) || finding.code == FindingCode::page_leaked ||
             finding.code == FindingCode::page_reachable_but_free))
            return false;
    return true;
}

} // namespace

Result<EditPlan> abandon_freelist(const PageSource& source) {
    const salvage::MetaPair metas = TRY(salvage::must_have_meta(source));
    salvage::PageEdit edit(source);
    EditPlan steps;
    for (std::size_t i = 0; i < 2; ++i) {
        if (!metas.is_valid[i]) {
            steps.steps.push_back(fmt::format("meta {} is not valid, and stays as it is", i));
            continue;
        }
        format::MetaFields fields = *metas.fields[i];
        if (PageId{fields.freelist} == no_freelist)
            continue;
        steps.steps.push_back(
            fmt::format("meta {}: the freelist at page {} becomes none", i, fields.freelist));
        fields.freelist = number(no_freelist);
        edit.put_meta(PageId{i}, fields);
    }
    EditPlan plan = edit.plan(PageId{*metas.current});
    plan.title = "abandon the freelist";
    plan.steps = std::move(steps.steps);
    if (!plan.is_empty())
        plan.costs.emplace_back("no data; bbolt walks the whole file once, at the next opening for "
                                "writing, to find what is free");
    return plan;
}

Result<EditPlan> rebuild_freelist(const PageSource& source) {
    const salvage::MetaPair metas = TRY(salvage::must_have_meta(source));
    const CheckReport report = TRY(check(source));
    if (is_right(report))
        return salvage::refused(source, "the freelist is there and right: nothing to rebuild");
    // Without a freelist the tree alone is judged: what it does not lead to is free.
    format::MetaFields fields = metas.current_fields();
    const PageId old_freelist{fields.freelist};
    fields = salvage::newer_than(fields, fields.txid, metas.other());
    fields.freelist = number(no_freelist);
    fields.high_water_mark = salvage::page_end(source, metas);
    salvage::PageEdit edit(source);
    edit.put_meta(PageId{metas.other()}, fields);
    const PageSource draft = TRY(edit.preview());
    const CheckReport tree = TRY(check(draft));
    if (!tree.has_sound_pages()) {
        const Finding& first = tree.findings.front();
        return Error(Finding{.code = first.code,
                             .severity = first.severity,
                             .place = first.place,
                             .message = "the tree is damaged: what it does not lead to may be in "
                                        "use; " +
                                        first.message,
                             .transaction = first.transaction})
            .in_file(source.path());
    }
    const auto used = salvage::used_pages(draft, PageId{fields.root}, fields.high_water_mark);
    const auto place = salvage::put_freelist(edit, used, old_freelist, fields);
    edit.put_meta(PageId{metas.other()}, fields);
    EditPlan plan = edit.plan(PageId{metas.other()});
    plan.title = "rebuild the freelist";
    plan.steps.push_back(fmt::format("write a freelist of {} pages on {}", place.listed,
                                     salvage::pages_text(place.first, place.page_count)));
    plan.steps.push_back(
        fmt::format("write meta {} for it, as transaction {}", metas.other(), fields.txid));
    plan.costs.push_back(fmt::format("no data; transaction {} can no longer be restored",
                                     metas.fields[metas.other()]->txid));
    return plan;
}

} // namespace rebolt::surgery
