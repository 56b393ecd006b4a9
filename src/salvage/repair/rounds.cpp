// drop_holes: rounds of checking a draft and cutting off what it names, until
// the tree that is left is whole.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/repair/work.hpp"

namespace rebolt {
namespace {

constexpr std::size_t holes_described = 100;

std::string bucket_text(const std::vector<std::string>& bucket) {
    std::string text;
    for (const std::string& name : bucket)
        text += (text.empty() ? "" : " > ") + printable(name);
    return text.empty() ? "the database" : "bucket " + text;
}

// Keys that are near each other begin alike: a long one is cut in the middle.
std::string shown(std::string_view key) {
    constexpr std::size_t half_bytes = 36;
    if (key.size() <= 2 * half_bytes)
        return printable(key);
    return printable(key.substr(0, half_bytes)) + "…" +
           printable(key.substr(key.size() - half_bytes));
}

std::string lost_text(const DroppedHole& hole) {
    const std::string in = bucket_text(hole.bucket);
    if (hole.name)
        return fmt::format("in {}: `{}` is removed, with all in it", in, shown(*hole.name));
    return fmt::format("in {}: keys from `{}` {} can no longer be reached", in, shown(hole.first),
                       hole.end ? fmt::format("to before `{}`", shown(*hole.end)) : "on");
}

} // namespace

// The draft's meta has no freelist: then the tree alone is judged.
void Repair::Work::begin_rounds(const Attempt& attempt) {
    rounds_ = std::make_unique<Rounds>(source_);
    rounds_->slot =
        metas_.current == attempt.meta || !metas_.current ? 1 - attempt.meta : *metas_.current;
    rounds_->fields = newest_fields(attempt.meta, rounds_->slot);
    rounds_->fields.freelist = number(no_freelist);
    round_words_ = {};
    if (metas_.current == attempt.meta)
        mend_header_pages(rounds_->edit, round_words_);
    put_metas(rounds_->edit, rounds_->fields, rounds_->slot);
    if (metas_.current == attempt.meta && tree_is_at_fault())
        cut_all(report_.before, TxId{metas_.current_fields().txid});
}

bool Repair::Work::cut_all(const CheckReport& report, TxId transaction) {
    bool has_cut = false;
    rounds_->holes.begin_round();
    for (const Finding& finding : report.findings)
        if (finding.severity >= Severity::data && finding.transaction == transaction)
            has_cut |= rounds_->holes.cut(finding);
    return has_cut;
}

// False: not done, or given up; then rounds_ is empty.
Result<bool> Repair::Work::round(const Attempt& attempt) {
    if (!rounds_)
        begin_rounds(attempt);
    const PageSource draft = TRY(rounds_->edit.preview());
    const CheckReport tree = TRY(checked(draft));
    if (tree.has_sound_pages()) {
        const bool is_proven = TRY(finish_rounds(attempt, draft));
        rounds_.reset();
        return is_proven;
    }
    if (++rounds_->count > options_.rounds_max || !cut_all(tree, TxId{rounds_->fields.txid}))
        rounds_.reset();
    return false;
}

Result<bool> Repair::Work::finish_rounds(const Attempt& attempt, const PageSource& draft) {
    format::MetaFields& fields = rounds_->fields;
    const auto used = salvage::used_pages(draft, PageId{fields.root}, fields.high_water_mark);
    const auto is_used = [&](PageId page) {
        return number(page) < used.size() && used[number(page)];
    };
    for (const PageId page : rounds_->edit.changed_pages())
        if (!is_used(page)) // what was changed first and cut off later
            rounds_->edit.forget(page);
    auto& holes = rounds_->holes.dropped();
    std::erase_if(holes, [&](const DroppedHole& hole) { return !is_used(hole.parent); });
    fields.freelist = metas_.fields[attempt.meta]->freelist;
    report_.holes = std::move(holes);
    EditPlan words = std::move(round_words_);
    describe_holes(words);
    if (metas_.current && metas_.current != attempt.meta)
        words.costs.push_back(
            fmt::format("what transaction {} changed is given up", metas_.current_fields().txid));
    else if (metas_.current && metas_.is_valid[metas_.other()])
        words.costs.push_back(fmt::format("transaction {} can no longer be restored",
                                          metas_.fields[metas_.other()]->txid));
    if (TRY(prove_with_new_meta(RepairKind::drop_holes, rounds_->edit, fields, rounds_->slot,
                                std::move(words))))
        return true;
    report_.holes.clear();
    return false;
}

void Repair::Work::describe_holes(EditPlan& plan) const {
    const std::size_t count = report_.holes.size();
    plan.title =
        fmt::format("remove {} {} to damaged data", count, count == 1 ? "reference" : "references");
    for (const DroppedHole& hole :
         std::span(report_.holes).first(std::min(count, holes_described))) {
        plan.steps.push_back(
            hole.page == hole.parent
                ? fmt::format("page {}: remove `{}` ({})", number(hole.page),
                              shown(hole.name.value_or("")), text_of(hole.code).name)
                : fmt::format("page {}: remove what leads to page {} ({})", number(hole.parent),
                              number(hole.page), text_of(hole.code).name));
        plan.costs.push_back(lost_text(hole));
    }
    if (count > holes_described)
        plan.steps.push_back(fmt::format("and {} more", count - holes_described));
}

} // namespace rebolt
