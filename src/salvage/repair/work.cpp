#include "salvage/repair/work.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/recover/newest_tree.hpp"
#include "salvage/recover/survey.hpp"

namespace rebolt {
namespace {

using format::MetaFields;
using salvage::PageEdit;

bool is_damage(const Finding& finding) {
    return finding.severity >= Severity::data;
}

// What only a page's header can have wrong, when its elements are right.
bool may_be_header(FindingCode code) {
    using enum FindingCode;
    return code == page_type_invalid || code == layout_not_canonical ||
           code == page_overflow_out_of_range || code == element_out_of_page ||
           code == branch_empty;
}

} // namespace

Repair::Work::Work(const PageSource& source, RepairOptions options)
    : source_(source), options_(std::move(options)) {}

RepairKind Repair::Work::trying() const noexcept {
    return attempts_.empty() ? RepairKind::none : attempts_.front().kind;
}

Result<CheckReport> Repair::Work::checked(const PageSource& source) const {
    CheckOptions options;
    options.owners = options_.owners;
    options.progress = options_.progress;
    return check(source, options);
}

Result<bool> Repair::Work::step() {
    if (!std::exchange(has_looked_, true))
        return look();
    if (attempts_.empty())
        return false;
    if (TRY(attempt(attempts_.front()))) {
        attempts_.clear();
        return false;
    }
    if (!rounds_) // else the same attempt goes on
        attempts_.pop_front();
    if (attempts_.empty())
        report_.why_not = "no change in place makes the file whole";
    return !attempts_.empty();
}

Result<bool> Repair::Work::look() {
    report_.before = TRY(checked(source_));
    if (report_.before.verdict == Verdict::clean)
        return false;
    if (report_.before.has_sound_pages()) {
        report_.why_not = "only values are wrong, by the rules of the program that wrote them: "
                          "no repair changes a value";
        return false;
    }
    if (report_.before.verdict == Verdict::not_a_bolt_file || report_.before.metas.empty()) {
        report_.why_not = "there is no database in the file";
        return false;
    }
    metas_ = salvage::read_metas(source_);
    list_attempts();
    if (attempts_.empty())
        report_.why_not = "neither meta page leads to a tree";
    return !attempts_.empty();
}

void Repair::Work::list_attempts() {
    using enum RepairKind;
    const auto add = [&](RepairKind kind, std::size_t meta, bool with_freelist = false) {
        attempts_.push_back({kind, meta, with_freelist});
    };
    if (metas_.current) {
        if (other_is_next())
            add(reseal_meta, metas_.other());
        add(mend_meta, *metas_.current);
        if (may_rebuild_freelist())
            add(rebuild_freelist, *metas_.current);
        add(mend_headers, *metas_.current);
        if (metas_.is_valid[metas_.other()]) {
            add(revert, metas_.other());
            add(revert, metas_.other(), true);
        }
    } else {
        for (const TreeReport& tree : report_.before.trees) {
            add(reseal_meta, number(tree.meta));
            add(reseal_meta, number(tree.meta), true);
        }
    }
    for (const TreeReport& tree : report_.before.trees)
        add(drop_holes, number(tree.meta));
}

// The other meta is not valid, yet says that it is the very next transaction's.
bool Repair::Work::other_is_next() const {
    const auto& other = metas_.fields[metas_.other()];
    return other && !metas_.is_valid[metas_.other()] &&
           other->txid == metas_.current_fields().txid + 1 && other->txid % 2 == metas_.other();
}

// A page that is in use and on the freelist: if pages are missing from both, an
// element leads to the wrong one; else the list is wrong.
bool Repair::Work::tree_is_at_fault() const {
    constexpr auto both = static_cast<std::size_t>(FindingCode::page_reachable_but_free);
    return report_.before.count_of[both] != 0 && report_.before.pages.leaked != 0 &&
           !is_tree_right_;
}

// Pages that neither the tree nor the list has: the tree is old in part, or the list is.
// Recovery knows which.
bool Repair::Work::may_rebuild_freelist() {
    if (!tree_is_at_fault() && !has_unreachable_pages())
        return true;
    RecoverOptions options;
    options.owners = options_.owners;
    const auto is_right = salvage::is_newest_tree_right(source_, std::move(options));
    is_tree_right_ = is_right && *is_right;
    return is_tree_right_;
}

// A new freelist would give away the pages that a lost write led to.
bool Repair::Work::has_unreachable_pages() const {
    constexpr auto lost = static_cast<std::size_t>(FindingCode::pages_unreachable);
    return report_.before.count_of[lost] != 0 && !report_.before.trees.empty() &&
           !report_.before.trees.front().whole;
}

Result<bool> Repair::Work::attempt(const Attempt& attempt) {
    switch (attempt.kind) {
    case RepairKind::none:
        return false;
    case RepairKind::mend_meta:
        return mend_meta();
    case RepairKind::rebuild_freelist:
        return rebuild_freelist(attempt);
    case RepairKind::mend_headers:
        return mend_headers(attempt);
    case RepairKind::revert:
    case RepairKind::reseal_meta:
        return go_back(attempt);
    case RepairKind::drop_holes:
        return round(attempt);
    }
    return false;
}

Result<bool> Repair::Work::prove(RepairKind kind, const PageEdit& edit, std::size_t last_meta,
                                 EditPlan words) {
    EditPlan plan = edit.plan(PageId{last_meta});
    if (plan.is_empty())
        return false;
    const PageSource patched = TRY(preview(source_, plan));
    CheckReport after = TRY(checked(patched));
    if (!after.has_sound_pages())
        return false;
    plan.title = std::move(words.title);
    plan.steps = std::move(words.steps);
    plan.costs = std::move(words.costs);
    report_.kind = kind;
    report_.plan = std::move(plan);
    report_.after = std::move(after);
    return true;
}

// A meta that is not valid must not stay: it would be found again.
void Repair::Work::put_metas(PageEdit& edit, const MetaFields& fields, std::size_t slot) const {
    edit.put_meta(PageId{slot}, fields);
    if (!metas_.is_valid[1 - slot])
        edit.put_meta(PageId{1 - slot}, fields);
}

MetaFields Repair::Work::newest_fields(std::size_t meta, std::size_t slot) const {
    const MetaFields& state = *metas_.fields[meta];
    const std::uint64_t newest = metas_.current ? metas_.current_fields().txid : state.txid;
    MetaFields fields = salvage::newer_than(state, newest, slot);
    fields.page_size = source_.page_size_bytes();
    fields.high_water_mark = std::min(fields.high_water_mark, source_.page_count());
    return fields;
}

Result<bool> Repair::Work::prove_with_new_meta(RepairKind kind, PageEdit& edit, MetaFields fields,
                                               std::size_t slot, EditPlan words) {
    const PageId old_freelist{fields.freelist};
    fields.freelist = number(no_freelist);
    put_metas(edit, fields, slot);
    const PageSource draft = TRY(edit.preview());
    if (const CheckReport tree = TRY(checked(draft)); !tree.has_sound_pages())
        return false;
    if (old_freelist != no_freelist) {
        const auto used = salvage::used_pages(draft, PageId{fields.root}, fields.high_water_mark);
        const auto place = salvage::put_freelist(edit, used, old_freelist, fields);
        put_metas(edit, fields, slot);
        words.steps.push_back(fmt::format("write a freelist of {} pages on {}", place.listed,
                                          salvage::pages_text(place.first, place.page_count)));
    }
    words.steps.push_back(
        fmt::format("write meta {} for it, as transaction {}", slot, fields.txid));
    return prove(kind, edit, slot, std::move(words));
}

Result<bool> Repair::Work::mend_meta() {
    PageEdit edit(source_);
    EditPlan words;
    for (std::size_t i = 0; i < 2; ++i) {
        const bool is_named =
            std::ranges::any_of(report_.before.findings, [&](const Finding& finding) {
                return is_damage(finding) && finding.place.page == PageId{i};
            });
        if (metas_.is_valid[i] && !is_named)
            continue;
        edit.put_meta(PageId{i}, metas_.is_valid[i] ? *metas_.fields[i] : metas_.current_fields());
        words.steps.push_back(
            metas_.is_valid[i]
                ? fmt::format("rewrite the header of meta page {}", i)
                : fmt::format("write meta {} (transaction {}) over meta {}, which is not valid",
                              *metas_.current, metas_.current_fields().txid, i));
    }
    words.title = "put a meta page right";
    if (!metas_.is_valid[metas_.other()])
        words.costs.push_back(fmt::format(
            "no data that bbolt would show; if meta {} was to be of a newer transaction, that "
            "transaction is given up",
            metas_.other()));
    return prove(RepairKind::mend_meta, edit, *metas_.current, std::move(words));
}

Result<bool> Repair::Work::rebuild_freelist(const Attempt& attempt) {
    PageEdit edit(source_);
    EditPlan words;
    words.title = "rebuild the freelist";
    if (metas_.is_valid[metas_.other()])
        words.costs.push_back(fmt::format("no data; transaction {} can no longer be restored",
                                          metas_.fields[metas_.other()]->txid));
    return prove_with_new_meta(RepairKind::rebuild_freelist, edit,
                               newest_fields(attempt.meta, metas_.other()), metas_.other(),
                               std::move(words));
}

void Repair::Work::mend_header_pages(PageEdit& edit, EditPlan& words) const {
    for (const Finding& finding : report_.before.findings) {
        if (!is_damage(finding) || !may_be_header(finding.code) || finding.place.path.empty())
            continue;
        const PageId page = finding.place.path.back();
        const std::uint64_t offset = number(page) * source_.page_size_bytes();
        if (number(page) < 2 || number(page) >= source_.page_count() ||
            !source_.readable(offset, source_.page_size_bytes()))
            continue;
        const auto mended = salvage::with_header_put_right(source_.file().subspan(offset), page,
                                                           source_.page_size_bytes());
        if (!mended || mended->size() % source_.page_size_bytes() != 0)
            continue;
        const auto header = load<format::PageHeader>(mended->data());
        edit.put(page, *mended);
        words.steps.push_back(fmt::format("rewrite the header of page {}, as its content shows "
                                          "it: a {} of {} elements, {} overflow pages",
                                          number(page), name_of(header.type()), header.count,
                                          header.overflow));
    }
}

Result<bool> Repair::Work::mend_headers(const Attempt& attempt) {
    PageEdit edit(source_);
    EditPlan words;
    words.title = "put page headers right";
    mend_header_pages(edit, words);
    if (edit.changed_pages().empty())
        return false;
    if (!metas_.is_valid[metas_.other()])
        put_metas(edit, *metas_.fields[attempt.meta], attempt.meta);
    return prove(RepairKind::mend_headers, edit, attempt.meta, std::move(words));
}

// To a meta that is valid (revert), or was but for its checksum (reseal).
Result<bool> Repair::Work::go_back(const Attempt& attempt) {
    PageEdit edit(source_);
    EditPlan words;
    const MetaFields& state = *metas_.fields[attempt.meta];
    const std::size_t slot = 1 - attempt.meta;
    const bool is_revert = attempt.kind == RepairKind::revert;
    if (is_revert) {
        words.title = fmt::format("go back to transaction {}", state.txid);
        words.costs.push_back(
            fmt::format("what transaction {} changed is given up", metas_.current_fields().txid));
    } else {
        words.title = fmt::format("trust meta {} (transaction {}), whose tree is whole",
                                  attempt.meta, state.txid);
        if (!metas_.current)
            words.costs.emplace_back("neither meta was valid: a newer transaction may be given up");
    }
    if (attempt.with_freelist)
        return prove_with_new_meta(attempt.kind, edit, newest_fields(attempt.meta, slot), slot,
                                   std::move(words));
    MetaFields fields = state;
    fields.page_size = source_.page_size_bytes();
    if (metas_.current && !is_revert)
        edit.put_meta(PageId{attempt.meta}, fields);
    else
        put_metas(edit, fields, is_revert ? slot : attempt.meta);
    words.steps.push_back(is_revert
                              ? fmt::format("write meta {} (transaction {}) over meta {}",
                                            attempt.meta, state.txid, slot)
                              : fmt::format("write meta {} with the right checksum{}", attempt.meta,
                                            metas_.current ? "" : " to both meta pages"));
    return prove(attempt.kind, edit, is_revert ? slot : attempt.meta, std::move(words));
}

} // namespace rebolt
