#include <rebolt/page_tree.hpp>

#include <algorithm>
#include <utility>

namespace rebolt {
namespace {

constexpr std::size_t buckets_max = std::size_t{1} << 24U;

} // namespace

PageTree::PageTree(const PageSource& source, const format::MetaFields& meta)
    : bucket_of_(source.page_count(), none), parent_of_(source.page_count()),
      is_overflow_(source.page_count()) {
    buckets_.push_back({.name = {}, .root = PageId{meta.root}});
    to_visit_.push_back({PageId{meta.root}, PageId{0}, 0});
    std::vector<PageId> taken;
    while (!to_visit_.empty()) {
        const Step step = to_visit_.back();
        to_visit_.pop_back();
        if (!take(step))
            continue;
        taken.push_back(step.page);
        enter(source, step);
    }
    // Only now: a wrong overflow must not take a page that another leads to.
    for (const PageId page : taken)
        take_overflow(source, page);
}

bool PageTree::take(const Step& step) {
    const std::uint64_t page = number(step.page);
    if (page < 2 || page >= bucket_of_.size() || bucket_of_[page] != none) {
        is_whole_ = false;
        return false;
    }
    bucket_of_[page] = step.bucket;
    parent_of_[page] = static_cast<std::uint32_t>(number(step.parent));
    return true;
}

void PageTree::enter(const PageSource& source, const Step& step) {
    const auto page = source.page(step.page);
    if (!page || page->header().id != number(step.page)) {
        is_whole_ = false;
        return;
    }
    if (page->type() == format::PageType::leaf)
        return enter_leaf(step, page->bytes());
    const auto branch = page->type() == format::PageType::branch
                            ? format::BranchView::of(page->bytes())
                            : format::Checked<format::BranchView>(std::unexpect);
    if (!branch) {
        is_whole_ = false;
        return;
    }
    for (std::size_t i = branch->count(); i-- > 0;)
        to_visit_.push_back({PageId{branch->raw(i).child}, step.page, step.bucket});
}

void PageTree::enter_leaf(const Step& step, Bytes page) {
    const auto leaf = format::LeafView::of(page);
    is_whole_ &= leaf.has_value();
    for (std::size_t i = 0; leaf && i < leaf->count(); ++i) {
        const auto element = leaf->element(i);
        is_whole_ &= element.has_value();
        if (!element || !element->is_bucket())
            continue;
        const auto inside = format::BucketView::of(element->value);
        if (inside && inside->is_inline())
            continue;
        const std::uint32_t depth = buckets_[step.bucket].depth + 1;
        if (!inside || depth > format::bucket_depth_max || buckets_.size() >= buckets_max) {
            is_whole_ = false;
            continue;
        }
        to_visit_.push_back(
            {inside->root(), step.page, static_cast<BucketNumber>(buckets_.size())});
        buckets_.push_back({.parent = step.bucket,
                            .depth = depth,
                            .name = std::string(element->key),
                            .root = inside->root()});
    }
}

// Of all pages together no more than the file has: it ends at a page that is taken.
void PageTree::take_overflow(const PageSource& source, PageId page) {
    const auto head = source.page(page);
    if (!head || head->header().id != number(page))
        return;
    const std::uint64_t end =
        std::min<std::uint64_t>(bucket_of_.size(), number(page) + 1 + head->header().overflow);
    for (std::uint64_t id = number(page) + 1; id < end; ++id) {
        if (bucket_of_[id] != none) {
            is_whole_ = false;
            return;
        }
        bucket_of_[id] = bucket_of_[number(page)];
        parent_of_[id] = static_cast<std::uint32_t>(number(page));
        is_overflow_[id] = true;
    }
}

std::optional<PageTree::BucketNumber> PageTree::bucket_of(PageId page) const noexcept {
    if (number(page) >= bucket_of_.size() || bucket_of_[number(page)] == none)
        return std::nullopt;
    return bucket_of_[number(page)];
}

PageId PageTree::parent_of(PageId page) const noexcept {
    return number(page) < parent_of_.size() ? PageId{parent_of_[number(page)]} : PageId{0};
}

bool PageTree::is_overflow(PageId page) const noexcept {
    return number(page) < is_overflow_.size() && is_overflow_[number(page)];
}

std::vector<std::string> PageTree::path_of(BucketNumber bucket) const {
    std::vector<std::string> path;
    for (; buckets_[bucket].depth != 0; bucket = buckets_[bucket].parent)
        path.push_back(buckets_[bucket].name);
    std::ranges::reverse(path);
    return path;
}

std::vector<format::MetaFields> valid_metas(const PageSource& source) {
    std::vector<format::MetaFields> metas;
    for (const PageId id : {PageId{0}, PageId{1}}) {
        const auto page = source.page(id);
        const auto meta = page ? format::MetaView::of(page->bytes())
                               : format::Checked<format::MetaView>(std::unexpect);
        if (meta && !meta->validate() && meta->fields().page_size == source.page_size_bytes())
            metas.push_back(meta->fields());
    }
    std::ranges::stable_sort(metas, std::ranges::greater{}, &format::MetaFields::txid);
    return metas;
}

} // namespace rebolt
