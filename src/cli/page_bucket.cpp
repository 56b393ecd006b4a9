#include "cli/page_bucket.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t depth_max = 16; ///< of buckets; no known owner's lie deeper
constexpr std::size_t buckets_max = std::size_t{1} << 20U;

} // namespace

PageBuckets::PageBuckets(const PageSource& source, const format::MetaFields& meta)
    : bucket_of_(source.page_count(), none) {
    buckets_.emplace_back();
    std::vector<Visit> to_visit{{PageId{meta.root}, 0}};
    while (!to_visit.empty()) {
        const Visit at = to_visit.back();
        to_visit.pop_back();
        if (number(at.page) >= bucket_of_.size() || bucket_of_[number(at.page)] != none)
            continue;
        bucket_of_[number(at.page)] = at.bucket;
        visit(source, at, to_visit);
    }
}

void PageBuckets::visit(const PageSource& source, const Visit& at, std::vector<Visit>& to_visit) {
    const auto page = source.page(at.page);
    if (!page)
        return;
    if (page->type() == format::PageType::leaf)
        return visit_leaf(page->bytes(), at.bucket, to_visit);
    const auto branch = page->type() == format::PageType::branch
                            ? format::BranchView::of(page->bytes())
                            : format::Checked<format::BranchView>(std::unexpect);
    for (std::size_t i = 0; branch && i < branch->count(); ++i)
        to_visit.push_back({PageId{branch->raw(i).child}, at.bucket});
}

void PageBuckets::visit_leaf(Bytes page, std::uint32_t bucket, std::vector<Visit>& to_visit) {
    const auto leaf = format::LeafView::of(page);
    for (std::size_t i = 0; leaf && i < leaf->count(); ++i) {
        const auto element = leaf->element(i);
        if (!element || !element->is_bucket() || buckets_[bucket].size() >= depth_max ||
            buckets_.size() >= buckets_max)
            continue;
        const auto inside = format::BucketView::of(element->value);
        if (!inside || inside->is_inline())
            continue;
        std::vector<std::string> path = buckets_[bucket];
        path.emplace_back(element->key);
        to_visit.push_back({inside->root(), static_cast<std::uint32_t>(buckets_.size())});
        buckets_.push_back(std::move(path));
    }
}

const std::vector<std::string>* PageBuckets::of(PageId page) const {
    if (number(page) >= bucket_of_.size() || bucket_of_[number(page)] == none)
        return nullptr;
    return &buckets_[bucket_of_[number(page)]];
}

} // namespace rebolt::cli
