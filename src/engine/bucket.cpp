#include <rebolt/bucket.hpp>

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/engine.hpp"
#include "engine/search.hpp"

namespace rebolt {

using engine::BucketName;

engine::Tree Bucket::tree() const noexcept {
    return {live_ == nullptr ? root_ : live_->root, inline_page_, name_.get()};
}

Error Bucket::not_found(std::string_view name) const {
    return Error(ErrorCode::bucket_not_found,
                 fmt::format("there is no bucket `{}`", printable(name)))
        .in_file(state_->path());
}

// A handle of a write transaction whose bucket is gone.
Result<void> Bucket::still_there() const {
    if (live_ == nullptr)
        return {};
    if (!state_->open.load(std::memory_order_relaxed))
        return engine::transaction_closed(*state_);
    if (live_->is_deleted)
        return not_found(name_->name);
    return {};
}

Result<std::optional<std::string_view>> Bucket::get(std::string_view key) const {
    if (live_ != nullptr) [[unlikely]]
        TRY(still_there());
    auto element = engine::find(*state_, tree(), key);
    if (!element) [[unlikely]]
        return std::move(element).error();
    if (!element->has_value() || (*element)->is_bucket())
        return std::optional<std::string_view>{};
    return std::optional<std::string_view>((*element)->value);
}

Result<Bucket> Bucket::bucket(std::string_view name) const {
    TRY(still_there());
    if (live_ != nullptr) {
        const auto open = live_->children.find(name);
        if (open != live_->children.end())
            return handle_of(*open->second);
    }
    auto element = TRY(engine::find(*state_, tree(), name));
    if (!element)
        return not_found(name);
    if (!element->is_bucket())
        return Error(ErrorCode::incompatible_value,
                     fmt::format("`{}` is a value, not a bucket", printable(name)))
            .in_file(state_->path());
    Bucket found = TRY(inside(element->key, element->value));
    return live_ == nullptr ? Result<Bucket>(std::move(found)) : open_for_change(found);
}

Result<Bucket> Bucket::bucket_of(const Entry& entry) const {
    return bucket(entry.key);
}

Result<Bucket> Bucket::inside(std::string_view name, std::string_view value) const {
    const auto at_fault = [&](FindingCode code, std::string message) {
        const BucketName failed{name_, std::string(name.substr(0, format::key_bytes_max)), root_,
                                0};
        const std::vector<PageId> path{root_};
        return engine::damage(*state_, code, root_, 0, std::move(message), path, &failed);
    };
    if (name.size() > format::key_bytes_max)
        return at_fault(FindingCode::key_too_large,
                        fmt::format("the bucket's name has {} bytes, expected at most {}",
                                    name.size(), format::key_bytes_max));
    const auto view = format::BucketView::of(value);
    if (!view)
        return at_fault(view.error().code, to_text(view.error()));
    if (engine::is_dirty(view->root()))
        return at_fault(FindingCode::bucket_root_out_of_range,
                        fmt::format("the bucket's root is page {}", number(view->root())));
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
    bucket.state_ = state_;
    bucket.name_ = std::make_shared<const BucketName>(
        BucketName{name_, std::string(name), view->root(), depth});
    bucket.root_ = view->root();
    bucket.sequence_ = view->sequence();
    bucket.inline_page_ = view->inline_page();
    return bucket;
}

std::uint64_t Bucket::sequence() const noexcept {
    const bool is_live = live_ != nullptr && state_->open.load(std::memory_order_relaxed);
    return is_live ? live_->sequence : sequence_;
}

Cursor Bucket::cursor() const {
    Cursor cursor;
    cursor.state_ = state_;
    cursor.live_ = live_;
    cursor.name_ = name_;
    cursor.root_ = root_;
    cursor.inline_page_ = inline_page_;
    cursor.open_ = &state_->open;
    cursor.faults_ = state_->faults;
    cursor.faults_at_begin_ = state_->faults_at_begin;
    return cursor;
}

std::vector<std::string> Bucket::path() const {
    const bool is_live = live_ != nullptr && state_->open.load(std::memory_order_relaxed);
    return engine::path_of(is_live ? live_->place.get() : name_.get()); // it may have moved
}

} // namespace rebolt
