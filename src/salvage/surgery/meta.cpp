// meta validate, meta update.
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "salvage/surgery/page_of_tree.hpp"

namespace rebolt::surgery {
namespace {

using format::MetaFields;
using format::PageType;
using salvage::refused;

// What bbolt takes from a meta without a look.
std::vector<std::string> complaints_about(const PageSource& source, const MetaFields& fields) {
    std::vector<std::string> complaints;
    const auto add = [&](std::string text) { complaints.push_back(std::move(text)); };
    const std::uint64_t end = std::min(fields.high_water_mark, source.page_count());
    if (fields.high_water_mark > source.page_count())
        add(fmt::format("pgid (the high water mark) is {}, and the file has {} pages",
                        fields.high_water_mark, source.page_count()));
    const auto judge_page = [&](const char* what, std::uint64_t page, auto is_right,
                                const char* expected) {
        if (page < 2 || page >= end)
            return add(
                fmt::format("{} is page {}, expected 2 to {}", what, page, end == 0 ? 0 : end - 1));
        const format::PageHeader header = salvage::header_of(source, page);
        if (header.id != page || !is_right(header.type()))
            add(fmt::format("{} is page {}, which says that it is page {}, a {}; expected {}", what,
                            page, header.id, name_of(header.type()), expected));
    };
    judge_page(
        "root", fields.root,
        [](PageType type) { return type == PageType::leaf || type == PageType::branch; },
        "a branch or leaf");
    if (PageId{fields.freelist} != no_freelist)
        judge_page(
            "freelist", fields.freelist, [](PageType type) { return type == PageType::freelist; },
            "a freelist");
    return complaints;
}

Result<MetaFields> changed_fields(const PageSource& source, const MetaFields& before,
                                  const MetaChange& change) {
    MetaFields fields = before;
    if (change.page_size_bytes && !format::is_page_size(*change.page_size_bytes))
        return refused(source, fmt::format("pageSize {} cannot be: it is a power of two from 512 "
                                           "to 65536",
                                           *change.page_size_bytes));
    if (change.page_size_bytes)
        fields.page_size = static_cast<std::uint32_t>(*change.page_size_bytes);
    fields.root = change.root.value_or(fields.root);
    fields.freelist = change.freelist.value_or(fields.freelist);
    fields.high_water_mark = change.high_water_mark.value_or(fields.high_water_mark);
    return fields;
}

// Only what was asked for is judged: another field may be what is wrong.
Result<void> must_be_plausible(const PageSource& source, const MetaFields& fields,
                               const MetaChange& change) {
    if (change.high_water_mark && *change.high_water_mark < 4)
        return refused(source, fmt::format("pgid (the high water mark) {} cannot be: a database "
                                           "has 4 pages at least",
                                           *change.high_water_mark));
    for (const std::string& complaint : complaints_about(source, fields)) {
        const bool asked = (change.root && complaint.starts_with("root")) ||
                           (change.freelist && complaint.starts_with("freelist")) ||
                           (change.high_water_mark && complaint.starts_with("pgid"));
        if (asked)
            return refused(source, complaint);
    }
    return {};
}

std::string freelist_text(std::uint64_t freelist) {
    return PageId{freelist} == no_freelist ? "none" : fmt::to_string(freelist);
}

std::vector<std::string> steps_of(std::uint32_t page, const MetaFields& before,
                                  const MetaFields& after) {
    std::vector<std::string> steps;
    const auto add = [&](const char* name, const std::string& was, const std::string& is) {
        if (was != is)
            steps.push_back(fmt::format("meta {}: {} {} -> {}", page, name, was, is));
    };
    add("pageSize", fmt::to_string(before.page_size), fmt::to_string(after.page_size));
    add("root", fmt::to_string(before.root), fmt::to_string(after.root));
    add("freelist", freelist_text(before.freelist), freelist_text(after.freelist));
    add("pgid", fmt::to_string(before.high_water_mark), fmt::to_string(after.high_water_mark));
    add("magic", fmt::format("{:#x}", before.magic), fmt::format("{:#x}", format::magic));
    add("version", fmt::to_string(before.version), fmt::to_string(format::version));
    return steps;
}

} // namespace

std::vector<MetaJudgement> validate_metas(const PageSource& source) {
    const salvage::MetaPair metas = salvage::read_metas(source);
    std::vector<MetaJudgement> judged;
    for (std::size_t i = 0; i < 2; ++i) {
        if (!metas.fields[i])
            break;
        MetaJudgement meta{.page = PageId{i},
                           .is_valid = metas.is_valid[i],
                           .is_current = metas.current == i,
                           .fields = *metas.fields[i],
                           .complaints = {}};
        const std::uint64_t offset = i * source.page_size_bytes();
        const auto view =
            format::MetaView::of(source.file().subspan(offset, source.page_size_bytes()));
        if (const auto fault = view->validate())
            meta.complaints.push_back(to_text(*fault));
        else if (!meta.is_valid)
            meta.complaints.push_back(fmt::format("pageSize is {}, the pages in use have {}",
                                                  meta.fields.page_size, source.page_size_bytes()));
        const format::PageHeader header = salvage::header_of(source, i);
        if (header.id != i || header.type() != PageType::meta)
            meta.complaints.push_back(fmt::format("the page says that it is page {}, a {}",
                                                  header.id, name_of(header.type())));
        for (std::string& complaint : complaints_about(source, meta.fields))
            meta.complaints.push_back(std::move(complaint));
        judged.push_back(std::move(meta));
    }
    return judged;
}

Result<EditPlan> update_meta(const PageSource& source, const MetaChange& change) {
    if (change.meta_page > 1)
        return refused(source,
                       fmt::format("there is no meta page {}: it is 0 or 1", change.meta_page));
    const salvage::MetaPair metas = salvage::read_metas(source);
    if (!metas.fields[change.meta_page])
        return refused(source, fmt::format("the file ends before meta page {}", change.meta_page));
    const MetaFields& before = *metas.fields[change.meta_page];
    const MetaFields after = TRY(changed_fields(source, before, change));
    TRY(must_be_plausible(source, after, change));
    salvage::PageEdit edit(source);
    edit.put_meta(PageId{change.meta_page}, after);
    EditPlan plan = edit.plan(PageId{change.meta_page});
    plan.title = fmt::format("update meta {}", change.meta_page);
    plan.steps = steps_of(change.meta_page, before, after);
    if (!plan.is_empty() && !metas.is_valid[change.meta_page])
        plan.costs.push_back(
            fmt::format("meta {} was not valid, and is sealed: bbolt uses it again "
                        "(transaction {})",
                        change.meta_page, after.txid));
    const auto& other = metas.fields[1 - change.meta_page];
    if (change.page_size_bytes && other && other->page_size != after.page_size)
        plan.costs.push_back(fmt::format("the other meta has pageSize {}", other->page_size));
    return plan;
}

} // namespace rebolt::surgery
