#include "cli/page_content.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

void add(std::vector<PageFault>& faults, const format::Fault& fault) {
    faults.push_back({fault.code, to_text(fault)});
}

void judge_meta(std::vector<PageFault>& faults, const format::PageView& page) {
    const auto view = format::MetaView::of(page.bytes());
    if (!view)
        return add(faults, view.error());
    if (const auto fault = view->validate())
        add(faults, *fault);
}

// Metas stand at 0 and 1 and nowhere else; there is one freelist.
void judge_type(std::vector<PageFault>& faults, PageId id, const format::PageView& page,
                const std::optional<format::MetaFields>& meta) {
    const format::PageType type = page.type();
    const bool meta_wanted = number(id) < 2;
    if (type == format::PageType::unknown || meta_wanted != (type == format::PageType::meta)) {
        faults.push_back({FindingCode::page_type_invalid,
                          fmt::format("the type is {}, expected {}", type_text(page.header()),
                                      meta_wanted ? "meta" : "branch, leaf or freelist")});
        return;
    }
    if (type == format::PageType::freelist && meta && meta->freelist != number(id))
        faults.push_back(
            {FindingCode::page_type_invalid,
             PageId{meta->freelist} == no_freelist
                 ? std::string("a freelist, but none is stored")
                 : fmt::format("a freelist, but the freelist is page {}", meta->freelist)});
    if (type == format::PageType::meta)
        judge_meta(faults, page);
}

void judge_count(std::vector<PageFault>& faults, const format::PageView& page) {
    const format::PageType type = page.type();
    if (type == format::PageType::freelist) {
        if (const auto view = format::FreelistView::of(page.bytes()); !view)
            add(faults, view.error());
    } else if (type == format::PageType::leaf) {
        if (const auto view = format::LeafView::of(page.bytes()); !view)
            add(faults, view.error());
    } else if (type == format::PageType::branch) {
        if (const auto view = format::BranchView::of(page.bytes()); !view)
            add(faults, view.error());
    }
}

PageItem item_of(const format::Checked<format::LeafElement>& element) {
    if (!element)
        return {.key = {}, .value = {}, .fault = element.error()};
    return {.key = element->key,
            .value = element->value,
            .fault = std::nullopt,
            .is_bucket = element->is_bucket()};
}

PageItem item_of(const format::Checked<format::BranchElement>& element) {
    if (!element)
        return {.key = {}, .value = {}, .fault = element.error()};
    return {.key = element->key, .value = {}, .fault = std::nullopt, .child = element->child};
}

template <class View>
std::vector<PageItem> items_in(const format::Checked<View>& view, std::uint64_t page_bytes) {
    std::vector<PageItem> items;
    if (!view)
        return items;
    items.reserve(view->count());
    const std::uint64_t room = page_bytes - View::offset_of(view->count());
    std::uint64_t used = 0;
    for (std::size_t index = 0; index < view->count(); ++index) {
        PageItem item = item_of(view->element(index));
        used += item.key.size() + item.value.size();
        if (used > room)
            item = {.key = {},
                    .value = {},
                    .fault = format::Fault{.code = FindingCode::element_overlap,
                                           .offset = View::offset_of(index),
                                           .subject = format::Subject::content_bytes,
                                           .actual = used,
                                           .relation = format::Relation::at_most,
                                           .bound = room}};
        items.push_back(item);
    }
    return items;
}

} // namespace

std::string type_text(const format::PageHeader& header) {
    if (header.type() == format::PageType::unknown)
        return fmt::format("unknown<{:02x}>", header.flags);
    return std::string(name_of(header.type()));
}

std::uint64_t item_count(const format::PageView& page) {
    if (page.type() == format::PageType::freelist)
        if (const auto view = format::FreelistView::of(page.bytes()))
            return view->count();
    return page.header().count;
}

std::vector<PageFault> faults_of(const PageSource& source, PageId id, const format::PageView& page,
                                 const std::optional<format::MetaFields>& meta) {
    const format::PageHeader& header = page.header();
    if (format::all_zero(page.bytes().first(source.page_size_bytes())))
        return {{FindingCode::page_zeroed, "every byte of the page is zero"}};
    std::vector<PageFault> faults;
    if (header.id != number(id))
        faults.push_back(
            {FindingCode::page_id_mismatch, fmt::format("its header says page {}", header.id)});
    if (const std::uint64_t end = page_end(source, meta);
        number(id) < end && header.overflow >= end - number(id))
        faults.push_back({FindingCode::page_overflow_out_of_range,
                          fmt::format("overflow is {}, expected at most {}", header.overflow,
                                      end - number(id) - 1)});
    judge_type(faults, id, page, meta);
    judge_count(faults, page);
    return faults;
}

std::uint64_t overflow_of(const format::PageView& page, const std::vector<PageFault>& faults) {
    const bool believed = std::ranges::none_of(faults, [](const PageFault& fault) {
        return fault.code == FindingCode::page_zeroed ||
               fault.code == FindingCode::page_id_mismatch ||
               fault.code == FindingCode::page_type_invalid ||
               fault.code == FindingCode::page_overflow_out_of_range;
    });
    return believed ? page.header().overflow : 0;
}

rebolt::report::Document fault_document(const PageFault& fault) {
    return {{"code", text_of(fault.code).name}, {"message", fault.text}};
}

std::vector<PageItem> items_of(const format::PageView& page) {
    if (page.type() == format::PageType::leaf)
        return items_in(format::LeafView::of(page.bytes()), page.bytes().size());
    if (page.type() == format::PageType::branch)
        return items_in(format::BranchView::of(page.bytes()), page.bytes().size());
    return {};
}

Result<format::PageView> existing_page(const PageSource& source, PageId id,
                                       const std::optional<format::MetaFields>& meta) {
    const bool is_expected = meta && number(id) < meta->high_water_mark;
    if (number(id) >= source.page_count() && !is_expected)
        return Error(ErrorCode::invalid_argument,
                     source.page_count() == 0
                         ? std::string("the file has no pages")
                         : fmt::format("there is no page {}: the file has pages 0 to {}",
                                       number(id), source.page_count() - 1))
            .in_file(source.path());
    return source.page(id);
}

} // namespace rebolt::cli
