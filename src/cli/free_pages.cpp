#include "cli/free_pages.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

Error damage(const PageSource& source, PageId page, const format::Fault& fault) {
    return page_damage(source, fault.code, page, to_text(fault));
}

Result<std::vector<bool>> stored(const PageSource& source, const format::MetaFields& meta) {
    const PageId id{meta.freelist};
    auto page = source.page(id);
    if (!page)
        return std::move(page).error();
    if (page->type() != format::PageType::freelist)
        return page_damage(source, FindingCode::freelist_type, id,
                           fmt::format("the page should be the freelist, but its type is {}; so "
                                       "which pages are free is not known",
                                       name_of(page->type())));
    const auto view = format::FreelistView::of(page->bytes());
    if (!view)
        return damage(source, id, view.error());
    std::vector<bool> free(page_end(source, meta));
    for (std::uint64_t index = 0; index < view->count(); ++index) {
        const std::uint64_t member = number(view->id(index));
        if (member < 2 || member >= meta.high_water_mark)
            return page_damage(source, FindingCode::freelist_out_of_range, id,
                               fmt::format("the freelist holds page {}, expected 2 to {}", member,
                                           meta.high_water_mark - 1));
        if (member < free.size())
            free[member] = true;
    }
    return free;
}

// Marks what the tree reaches. Every page is entered once, a second way to it
// is an error: so the walk ends, and its stack holds no page twice.
class Reach {
public:
    Reach(const PageSource& source, const format::MetaFields& meta)
        : source_(source), reached_(page_end(source, meta)) {}

    Result<std::vector<bool>> unreached_from(PageId root) {
        Result<void> step = push(root);
        while (step && !stack_.empty()) {
            const PageId id = stack_.back();
            stack_.pop_back();
            step = enter(id);
        }
        if (!step)
            return std::move(step).error();
        reached_.flip();
        std::fill_n(reached_.begin(), std::min<std::size_t>(2, reached_.size()), false);
        return std::move(reached_);
    }

private:
    Result<void> mark(PageId id) {
        if (number(id) < 2 || number(id) >= reached_.size())
            return page_damage(source_, FindingCode::page_out_of_range, id,
                               "the tree leads to this page, which is not there");
        if (reached_[number(id)])
            return page_damage(source_, FindingCode::page_shared, id,
                               "the tree leads to this page twice");
        reached_[number(id)] = true;
        return {};
    }

    Result<void> push(PageId id) {
        Result<void> marked = mark(id);
        if (marked)
            stack_.push_back(id);
        return marked;
    }

    Result<void> enter(PageId id) {
        auto page = source_.page(id);
        if (!page)
            return std::move(page).error();
        for (std::uint64_t next = 1; next <= page->header().overflow; ++next)
            if (Result<void> marked = mark(PageId{number(id) + next}); !marked)
                return marked;
        if (page->type() == format::PageType::branch)
            return enter_branch(id, page->bytes());
        if (page->type() == format::PageType::leaf)
            return enter_leaf(id, page->bytes());
        return page_damage(source_, FindingCode::page_type_invalid, id,
                           "the tree leads to this page, which is neither branch nor leaf");
    }

    Result<void> enter_branch(PageId id, Bytes bytes) {
        const auto branch = format::BranchView::of(bytes);
        if (!branch)
            return damage(source_, id, branch.error());
        for (std::size_t index = 0; index < branch->count(); ++index)
            if (Result<void> pushed = push(PageId{branch->raw(index).child}); !pushed)
                return pushed;
        return {};
    }

    // An inline bucket holds no bucket, and so leads to no page.
    Result<void> enter_leaf(PageId id, Bytes bytes) {
        const auto leaf = format::LeafView::of(bytes);
        if (!leaf)
            return damage(source_, id, leaf.error());
        for (std::size_t index = 0; index < leaf->count(); ++index) {
            if ((leaf->raw(index).flags & format::bucket_leaf_flag) == 0)
                continue;
            const auto element = leaf->element(index);
            if (!element)
                return damage(source_, id, element.error());
            const auto bucket = format::BucketView::of(element->value);
            if (!bucket)
                return damage(source_, id, bucket.error());
            if (bucket->is_inline())
                continue;
            if (Result<void> pushed = push(bucket->root()); !pushed)
                return pushed;
        }
        return {};
    }

    const PageSource& source_;
    std::vector<bool> reached_;
    std::vector<PageId> stack_;
};

} // namespace

std::optional<format::MetaFields> current_meta(const PageSource& source) {
    std::optional<format::MetaFields> chosen;
    for (const PageId id : {PageId{0}, PageId{1}}) {
        const auto page = source.page(id);
        if (!page)
            continue;
        const auto meta = format::MetaView::of(page->bytes());
        if (!meta || meta->validate() || meta->fields().page_size != source.page_size_bytes())
            continue;
        if (!chosen || meta->fields().txid > chosen->txid)
            chosen = meta->fields();
    }
    return chosen;
}

std::uint64_t page_end(const PageSource& source, const std::optional<format::MetaFields>& meta) {
    return meta ? std::min(meta->high_water_mark, source.page_count()) : source.page_count();
}

Result<FreePages> FreePages::of(const PageSource& source, const format::MetaFields& meta) {
    auto free = PageId{meta.freelist} == no_freelist
                    ? Reach(source, meta).unreached_from(PageId{meta.root})
                    : stored(source, meta);
    if (!free)
        return std::move(free).error();
    return FreePages(std::move(*free));
}

Error page_damage(const PageSource& source, FindingCode code, PageId page, std::string message) {
    Finding finding{.code = code,
                    .severity = text_of(code).severity,
                    .place = {.page = page, .offset = std::nullopt, .bucket = {}, .path = {}},
                    .message = std::move(message),
                    .transaction = std::nullopt};
    if (number(page) < source.page_count())
        finding.place.offset = number(page) * source.page_size_bytes();
    return Error(std::move(finding)).in_file(source.path());
}

} // namespace rebolt::cli
