// Bucket: what changes it.
//
// Every change goes through changed(): an error that may have left something
// half done ends the transaction for all but rollback.
#include <rebolt/bucket.hpp>

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/database.hpp"
#include "engine/page_walk.hpp"
#include "engine/tree_writer.hpp"

namespace rebolt {

using engine::BucketName;
using engine::DirtyPage;
using engine::OpenBucket;
using engine::Search;
using engine::TreeWriter;

namespace {

// bbolt: MaxValueSize, (1 << 31) − 2.
constexpr std::uint64_t value_bytes_max = (std::uint64_t{1} << 31) - 2;
constexpr double fill_fraction_min = 0.1;
constexpr double fill_fraction_max = 1.0;

// A new, empty inline bucket: what stands in the leaf until the commit.
std::string empty_bucket_value() {
    std::vector<std::byte> value(sizeof(format::BucketHeader) + format::page_header_bytes);
    DirtyPage(true, 0).write(value.data() + sizeof(format::BucketHeader), 0, 0);
    return std::string(as_text(value));
}

// What has changed inside is written when its parents are.
void mark_changed(OpenBucket& bucket) {
    for (OpenBucket* at = &bucket; at != nullptr; at = at->parent)
        at->has_changed = true;
}

void mark_deleted(OpenBucket& bucket) {
    bucket.is_deleted = true;
    for (const auto& [name, inside] : bucket.children)
        mark_deleted(*inside);
}

// After a move, all that is open inside stands elsewhere too.
void set_place(OpenBucket& bucket, const std::shared_ptr<const BucketName>& parent) {
    const std::size_t depth = parent == nullptr ? 1 : parent->depth + 1;
    bucket.place = std::make_shared<const BucketName>(
        BucketName{parent, bucket.name, bucket.root_at_begin, depth});
    for (const auto& [name, inside] : bucket.children)
        set_place(*inside, bucket.place);
}

} // namespace

Error Bucket::refused_to_change(ErrorCode code, std::string message) const {
    return Error(code, std::move(message)).in_file(state_->path());
}

Result<void> Bucket::may_change() const {
    TRY(still_there());
    if (!state_->open.load(std::memory_order_relaxed))
        return engine::transaction_closed(*state_);
    if (live_ == nullptr)
        return refused_to_change(ErrorCode::transaction_not_writable, "the transaction only reads");
    if (const std::string& failure = state_->changes->failure; !failure.empty())
        return refused_to_change(
            ErrorCode::transaction_failed,
            fmt::format("the transaction can only be rolled back: {}", failure));
    return {};
}

Result<void> Bucket::changed(Result<void> result) const {
    if (result)
        mark_changed(*live_);
    else
        state_->changes->failure = result.error().to_text();
    return result;
}

Bucket Bucket::handle_of(OpenBucket& inside) const {
    Bucket bucket;
    bucket.state_ = state_;
    bucket.name_ = inside.place;
    bucket.root_ = inside.root_at_begin;
    bucket.sequence_ = inside.sequence;
    bucket.live_ = &inside;
    return bucket;
}

// An inline bucket's page becomes a dirty page, so that all buckets have a root.
Result<Bucket> Bucket::open_for_change(const Bucket& found) const {
    auto open = std::make_unique<OpenBucket>();
    open->parent = live_;
    open->name = found.name_->name;
    open->place = found.name_;
    open->root = open->root_at_begin = found.root_;
    open->sequence = found.sequence_;
    if (found.is_inline()) {
        engine::Node node;
        if (const auto fault = engine::enter_inline(found.inline_page_, state_->page_size, node))
            return engine::inline_damage(*state_, *fault, found.name_.get());
        engine::DirtyPages& dirty_pages = state_->changes->dirty_pages;
        open->root = dirty_pages.add(dirty_pages.make_copy_of(node));
    }
    OpenBucket& kept = *open;
    live_->children.emplace(kept.name, std::move(open));
    return handle_of(kept);
}

Result<void> Bucket::put(std::string_view key, std::string_view value) {
    TRY(may_change());
    if (key.empty())
        return refused_to_change(ErrorCode::key_required, "a key must have at least one byte");
    if (key.size() > format::key_bytes_max)
        return refused_to_change(ErrorCode::key_too_large,
                                 fmt::format("the key has {} bytes, at most {} can be stored",
                                             key.size(), format::key_bytes_max));
    if (value.size() > value_bytes_max)
        return refused_to_change(ErrorCode::value_too_large,
                                 fmt::format("the value has {} bytes, at most {} can be stored",
                                             value.size(), value_bytes_max));
    TreeWriter tree(*state_, *live_);
    if (tree.append(key, value))
        return {};
    Search search;
    TRY(tree.find(key, search));
    if (search.exact && is_bucket(search))
        return refused_to_change(ErrorCode::incompatible_value,
                                 fmt::format("`{}` is a bucket", printable(key)));
    return changed(tree.put(search, key, value, 0));
}

Result<void> Bucket::erase(std::string_view key) {
    TRY(may_change());
    TreeWriter tree(*state_, *live_);
    Search search;
    TRY(tree.find(key, search));
    if (!search.exact)
        return {};
    if (is_bucket(search))
        return refused_to_change(ErrorCode::incompatible_value,
                                 fmt::format("`{}` is a bucket", printable(key)));
    return changed(tree.erase(search));
}

// What the search ended at exactly.
bool Bucket::is_bucket(const Search& search) {
    const auto raw = load<format::LeafElementHeader>(
        search.leaf.bytes + format::LeafView::offset_of(search.index[search.depth - 1]));
    return (raw.flags & format::bucket_leaf_flag) != 0;
}

Result<Bucket> Bucket::create_bucket(std::string_view name) {
    return create(name, false);
}

Result<Bucket> Bucket::create_bucket_if_missing(std::string_view name) {
    return create(name, true);
}

Result<Bucket> Bucket::create(std::string_view name, bool may_exist) {
    TRY(may_change());
    if (name.empty())
        return refused_to_change(ErrorCode::bucket_name_required,
                                 "a bucket's name must have at least one byte");
    if (name.size() > format::key_bytes_max)
        return refused_to_change(ErrorCode::key_too_large,
                                 fmt::format("the name has {} bytes, at most {} can be stored",
                                             name.size(), format::key_bytes_max));
    if (live_->place != nullptr && live_->place->depth >= format::bucket_depth_max)
        return refused_to_change(
            ErrorCode::invalid_argument,
            fmt::format("buckets can be {} deep in each other", format::bucket_depth_max));
    TreeWriter tree(*state_, *live_);
    Search search;
    TRY(tree.find(name, search));
    if (search.exact && !is_bucket(search))
        return refused_to_change(ErrorCode::incompatible_value,
                                 fmt::format("`{}` is a value, not a bucket", printable(name)));
    if (search.exact && may_exist)
        return bucket(name);
    if (search.exact)
        return refused_to_change(ErrorCode::bucket_exists,
                                 fmt::format("there is a bucket `{}` already", printable(name)));
    auto open = std::make_unique<OpenBucket>();
    open->parent = live_;
    open->name = std::string(name);
    set_place(*open, live_->place);
    TRY(changed(tree.put(search, open->name, empty_bucket_value(), format::bucket_leaf_flag)));
    engine::DirtyPages& dirty_pages = state_->changes->dirty_pages;
    open->root = dirty_pages.add(dirty_pages.make(true, 0));
    open->has_changed = true;
    OpenBucket& kept = *open;
    live_->children.emplace(kept.name, std::move(open));
    return handle_of(kept);
}

// Takes a bucket's name out of this one; returns its state, open.
Result<std::unique_ptr<OpenBucket>> Bucket::take_out(std::string_view name) {
    TreeWriter tree(*state_, *live_);
    Search search;
    TRY(tree.find(name, search));
    TRY(changed(tree.erase(search)));
    auto taken = live_->children.extract(live_->children.find(name));
    return std::move(taken.mapped());
}

Result<void> Bucket::delete_bucket(std::string_view name) {
    TRY(may_change());
    const std::string kept_name(name);
    const Bucket inside = TRY(bucket(kept_name));
    engine::TransactionState& state = *state_;
    TRY(changed(engine::walk_pages(
        state, inside.live_->root, inside.live_, [&](const engine::PageRun& run) {
            return engine::free_after_commit(state, run, inside.name_.get());
        })));
    std::unique_ptr<OpenBucket> taken = TRY(take_out(kept_name));
    mark_deleted(*taken);
    state.changes->deleted.push_back(std::move(taken));
    return {};
}

Result<void> Bucket::move_bucket(std::string_view name, const Bucket& target) {
    TRY(may_change());
    if (target.state_->database != state_->database)
        return refused_to_change(ErrorCode::different_database,
                                 "the target bucket is of another database");
    if (target.state_ != state_)
        return refused_to_change(ErrorCode::transaction_not_writable,
                                 "the target bucket is of another transaction");
    TRY(target.may_change());
    if (target.live_ == live_)
        return refused_to_change(ErrorCode::same_bucket, "the bucket is there already");
    const std::string kept_name(name);
    const Bucket moved = TRY(bucket(kept_name));
    for (const OpenBucket* above = target.live_; above != nullptr; above = above->parent)
        if (above == moved.live_)
            return refused_to_change(ErrorCode::invalid_argument,
                                     "a bucket cannot be moved into itself");
    TreeWriter tree(*state_, *target.live_);
    Search search;
    TRY(tree.find(kept_name, search));
    if (search.exact)
        return refused_to_change(is_bucket(search) ? ErrorCode::bucket_exists
                                                   : ErrorCode::incompatible_value,
                                 fmt::format("the target has `{}` already", printable(kept_name)));
    std::unique_ptr<OpenBucket> taken = TRY(take_out(kept_name));
    TRY(tree.find(kept_name, search = Search{}));
    TRY(target.changed(
        tree.put(search, kept_name, empty_bucket_value(), format::bucket_leaf_flag)));
    taken->parent = target.live_;
    taken->has_changed = true;
    set_place(*taken, target.live_->place);
    target.live_->children.emplace(kept_name, std::move(taken));
    return {};
}

Result<void> Bucket::set_sequence(std::uint64_t sequence) {
    TRY(may_change());
    live_->sequence = sequence;
    ++state_->changes->count;
    return changed({});
}

Result<std::uint64_t> Bucket::next_sequence() {
    TRY(set_sequence(sequence() + 1));
    return sequence();
}

Result<void> Bucket::set_fill_percent(double fraction) {
    TRY(may_change());
    const bool is_legal = fraction >= fill_fraction_min && fraction <= fill_fraction_max;
    if (!is_legal)
        return refused_to_change(ErrorCode::invalid_argument,
                                 fmt::format("a page is filled to a fraction from {} to {}, not {}",
                                             fill_fraction_min, fill_fraction_max, fraction));
    live_->fill_fraction = fraction;
    return {};
}

} // namespace rebolt
