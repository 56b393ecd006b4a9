#include <rebolt/bucket.hpp>

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/engine.hpp"

namespace rebolt {
namespace {

using engine::BucketName;
using engine::Node;
using engine::Snapshot;

// What a search for a key ended at: the leaf, and the pages on the way.
struct Search {
    std::array<PageId, format::tree_depth_max> path;
    std::size_t depth = 0;
    Node leaf;

    [[nodiscard]] std::span<const PageId> way() const noexcept { return {path.data(), depth}; }
};

Result<void> push(const Snapshot& snapshot, Search& search, PageId page, const BucketName* name) {
    const auto fail = [&](FindingCode code, std::string message) {
        std::vector<PageId> path(search.way().begin(), search.way().end());
        path.push_back(page);
        return engine::damage(snapshot, code, page, 0, std::move(message), path, name);
    };
    for (std::size_t i = 0; i < search.depth; ++i)
        if (search.path[i] == page)
            return fail(FindingCode::page_cycle,
                        fmt::format("page {} leads back to page {}, which is above it or itself",
                                    number(search.path[search.depth - 1]), number(page)));
    if (search.depth == search.path.size())
        return fail(FindingCode::tree_too_deep, fmt::format("{} levels of pages", search.depth));
    if (!engine::enter(snapshot, page, search.leaf)) {
        const format::Fault fault = engine::why_not(snapshot, page);
        return fail(fault.code, to_text(fault));
    }
    search.path[search.depth++] = page;
    return {};
}

// Down from `root` to the leaf where `key` belongs.
Result<void> descend(const Snapshot& snapshot, Search& search, PageId root, std::string_view key,
                     const BucketName* name) {
    for (PageId page = root;;) {
        const bool short_leaf =
            search.depth + 1 == snapshot.depth_of_short_leaf.load(std::memory_order_relaxed);
        if (number(page) < snapshot.page_end) {
            const std::byte* at = snapshot.file.data() + number(page) * snapshot.page_size;
            short_leaf ? engine::prefetch_short_leaf(at) : engine::prefetch_for_search(at);
        }
        if (auto entered = push(snapshot, search, page, name); !entered)
            return entered;
        if (search.leaf.is_leaf) {
            const bool is_short = search.leaf.count <= engine::short_leaf_count_max;
            if (is_short != short_leaf)
                snapshot.depth_of_short_leaf.store(is_short ? search.depth : 0,
                                                   std::memory_order_relaxed);
            return {};
        }
        const auto index = engine::child_index(search.leaf, key);
        if (!index)
            return engine::damage(snapshot, index.error(), page, search.way(), name);
        page = PageId{load<format::BranchElementHeader>(search.leaf.bytes +
                                                        format::BranchView::offset_of(*index))
                          .child};
    }
}

Error unreadable(const Snapshot& snapshot, const Search& search, const BucketName* name) {
    const PageId page = search.depth == 0 ? PageId{0} : search.path[search.depth - 1];
    return engine::damage(snapshot, FindingCode::page_unreadable, page, 0,
                          "the system could not read the page", search.way(), name);
}

// False if bytes of the pages on the way, or of the element, were not there.
bool is_readable(const Snapshot& snapshot, const Search& search,
                 const format::LeafElement& element) {
    const std::uint64_t begin = snapshot.offset_of(as_bytes(element.key).data());
    const std::uint64_t length = element.key.size() + element.value.size();
    if (search.leaf.size_bytes > 4096 && !snapshot.mapping->touch(begin, length))
        return false;
    if (!snapshot.has_new_faults()) [[likely]]
        return true;
    for (const PageId page : search.way())
        if (snapshot.mapping->faulted(number(page) * snapshot.page_size, snapshot.page_size))
            return false;
    return snapshot.mapping->touch(begin, length);
}

// The element with this key, if it is there.
Result<std::optional<format::LeafElement>> find(const Snapshot& snapshot, PageId root,
                                                Bytes inline_page, std::string_view key,
                                                const BucketName* name) {
    if (!snapshot.open.load(std::memory_order_relaxed)) [[unlikely]]
        return engine::transaction_closed(snapshot);
    Search search;
    if (number(root) != 0) {
        if (auto found = descend(snapshot, search, root, key, name); !found) [[unlikely]]
            return std::move(found).error();
    } else if (!engine::enter_inline(inline_page, search.leaf)) {
        return engine::damage(snapshot, FindingCode::inline_bucket_malformed, PageId{0}, 0,
                              "the inline bucket's page image is no leaf", {}, name);
    }
    const PageId page = search.depth == 0 ? PageId{0} : search.path[search.depth - 1];
    bool exact = false;
    const auto index = engine::lower_bound(search.leaf, key, exact);
    if (!index) [[unlikely]]
        return engine::damage(snapshot, index.error(), page, search.way(), name);
    if (!exact) {
        if (snapshot.has_new_faults() && !is_readable(snapshot, search, {"", "", 0}))
            return unreadable(snapshot, search, name);
        return std::optional<format::LeafElement>{};
    }
    const auto element = format::LeafView::of(search.leaf.view())->element(*index);
    if (!element) [[unlikely]]
        return engine::damage(snapshot, element.error(), page, search.way(), name);
    if (!is_readable(snapshot, search, *element)) [[unlikely]]
        return unreadable(snapshot, search, name);
    return std::optional<format::LeafElement>(*element);
}

} // namespace

Result<std::optional<std::string_view>> Bucket::get(std::string_view key) const {
    auto element = find(*snapshot_, root_, inline_page_, key, name_.get());
    if (!element) [[unlikely]]
        return std::move(element).error();
    if (!element->has_value() || (*element)->is_bucket())
        return std::optional<std::string_view>{};
    return std::optional<std::string_view>((*element)->value);
}

Result<Bucket> Bucket::bucket(std::string_view name) const {
    auto element = TRY(find(*snapshot_, root_, inline_page_, name, name_.get()));
    if (!element)
        return Error(ErrorCode::bucket_not_found,
                     fmt::format("there is no bucket `{}`", printable(name)))
            .in_file(snapshot_->path());
    if (!element->is_bucket())
        return Error(ErrorCode::incompatible_value,
                     fmt::format("`{}` is a value, not a bucket", printable(name)))
            .in_file(snapshot_->path());
    return inside(element->key, element->value);
}

Result<Bucket> Bucket::bucket_of(const Entry& entry) const {
    return bucket(entry.key);
}

Result<Bucket> Bucket::inside(std::string_view name, std::string_view value) const {
    const auto at_fault = [&](FindingCode code, std::string message) {
        const BucketName failed{name_, std::string(name.substr(0, format::key_bytes_max)), root_,
                                0};
        const std::vector<PageId> path{root_};
        return engine::damage(*snapshot_, code, root_, 0, std::move(message), path, &failed);
    };
    if (name.size() > format::key_bytes_max)
        return at_fault(FindingCode::key_too_large,
                        fmt::format("the bucket's name has {} bytes, expected at most {}",
                                    name.size(), format::key_bytes_max));
    const auto view = format::BucketView::of(value);
    if (!view)
        return at_fault(view.error().code, to_text(view.error()));
    const std::size_t depth = name_ == nullptr ? 1 : name_->depth + 1;
    if (depth > format::bucket_depth_max)
        return at_fault(FindingCode::tree_too_deep, fmt::format("{} buckets in each other", depth));
    for (const BucketName* above = name_.get(); above != nullptr; above = above->parent.get())
        if (!view->is_inline() && above->root == view->root())
            return at_fault(FindingCode::page_cycle,
                            fmt::format("the bucket's root is page {}, that of bucket `{}` above "
                                        "it",
                                        number(view->root()), printable(above->name)));
    Bucket bucket;
    bucket.snapshot_ = snapshot_;
    bucket.name_ = std::make_shared<const BucketName>(
        BucketName{name_, std::string(name), view->root(), depth});
    bucket.root_ = view->root();
    bucket.sequence_ = view->sequence();
    bucket.inline_page_ = view->inline_page();
    return bucket;
}

Cursor Bucket::cursor() const {
    Cursor cursor;
    cursor.snapshot_ = snapshot_;
    cursor.name_ = name_;
    cursor.root_ = root_;
    cursor.inline_page_ = inline_page_;
    cursor.open_ = &snapshot_->open;
    cursor.faults_ = snapshot_->faults;
    cursor.faults_at_begin_ = snapshot_->faults_at_begin;
    return cursor;
}

std::vector<std::string> Bucket::path() const {
    return engine::path_of(name_.get());
}

} // namespace rebolt
