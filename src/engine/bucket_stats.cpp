// bbolt's Bucket.Stats: a walk over all pages of a bucket and of those in it.
//
// On two explicit stacks: buckets inside buckets, and pages inside a bucket.
// Pages met are counted against the database's size, so that it always ends.
#include <rebolt/bucket.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/engine.hpp"
#include "engine/page_content.hpp"

namespace rebolt {

void BucketStats::add(const BucketStats& other) noexcept {
    branch_page_count += other.branch_page_count;
    branch_overflow_count += other.branch_overflow_count;
    leaf_page_count += other.leaf_page_count;
    leaf_overflow_count += other.leaf_overflow_count;
    key_count += other.key_count;
    depth = std::max(depth, other.depth);
    branch_alloc_bytes += other.branch_alloc_bytes;
    branch_inuse_bytes += other.branch_inuse_bytes;
    leaf_alloc_bytes += other.leaf_alloc_bytes;
    leaf_inuse_bytes += other.leaf_inuse_bytes;
    bucket_count += other.bucket_count;
    inline_bucket_count += other.inline_bucket_count;
    inline_bucket_inuse_bytes += other.inline_bucket_inuse_bytes;
}

void TxStats::add(const TxStats& other) noexcept {
    pages_copied += other.pages_copied;
    splits += other.splits;
    merges += other.merges;
    pages_written += other.pages_written;
    bytes_written += other.bytes_written;
    pages_allocated += other.pages_allocated;
    pages_freed += other.pages_freed;
    commit_time += other.commit_time;
    sync_time += other.sync_time;
}

namespace engine {

class StatsWalk {
public:
    explicit StatsWalk(const TransactionState& state) : state_(state) {}

    Result<BucketStats> run(const Bucket& bucket) {
        TRY(enter_bucket(bucket));
        while (!levels_.empty()) {
            Level& level = levels_.back();
            if (level.frames.empty()) {
                leave_bucket();
                continue;
            }
            Frame& frame = level.frames.back();
            if (frame.index == frame.node.count)
                level.frames.pop_back();
            else if (frame.node.is_leaf)
                TRY(step_leaf(level, frame));
            else
                TRY(step_branch(level, frame));
        }
        return total_;
    }

private:
    struct Frame {
        PageId page;
        Node node;
        std::uint32_t index = 0;
    };
    /// A bucket on the way down.
    struct Level {
        Bucket bucket;
        std::vector<Frame> frames;
        BucketStats own;
        BucketStats inside; ///< of the buckets in it
    };

    Result<void> enter_bucket(const Bucket& bucket) {
        if (!state_.open.load())
            return transaction_closed(state_);
        levels_.push_back({bucket, {}, {}, {}});
        Level& level = levels_.back();
        level.own.bucket_count = 1;
        if (!bucket.is_inline())
            return enter_page(level, bucket.root());
        level.own.inline_bucket_count = 1;
        Node node;
        if (const auto fault = enter_inline(bucket.inline_page_, state_.page_size, node))
            return inline_damage(state_, *fault, bucket.name_.get());
        level.own.key_count = node.count;
        level.own.depth = 1;
        level.own.inline_bucket_inuse_bytes = format::content_end(node.view(), true);
        return {};
    }

    // bbolt: "Add the max depth of sub-buckets to get total nested depth."
    void leave_bucket() {
        Level level = std::move(levels_.back());
        levels_.pop_back();
        BucketStats& own = level.own;
        own.branch_alloc_bytes =
            (own.branch_page_count + own.branch_overflow_count) * state_.page_size;
        own.leaf_alloc_bytes = (own.leaf_page_count + own.leaf_overflow_count) * state_.page_size;
        own.depth += level.inside.depth;
        own.add(level.inside);
        (levels_.empty() ? total_ : levels_.back().inside).add(own);
    }

    Error fail(const Level& level, FindingCode code, PageId page, std::string message) const {
        std::vector<PageId> path;
        path.reserve(level.frames.size() + 1);
        for (const Frame& frame : level.frames)
            path.push_back(frame.page);
        path.push_back(page);
        return damage(state_, code, page, 0, std::move(message), path, level.bucket.name_.get());
    }

    Result<void> enter_page(Level& level, PageId page) {
        if (std::ranges::find(level.frames, page, &Frame::page) != level.frames.end())
            return fail(level, FindingCode::page_cycle, page,
                        "the page leads back to itself or to a page above it");
        if (level.frames.size() == format::tree_depth_max)
            return fail(level, FindingCode::tree_too_deep, page, "too many levels of pages");
        Frame frame{page, {}};
        if (!enter(state_, page, frame.node)) {
            const format::Fault fault = why_not(state_, page);
            return fail(level, fault.code, page, to_text(fault));
        }
        if (const auto fault = judge_for_reading(state_, page, frame.node))
            return fail(level, fault->code, page, to_text(*fault));
        const std::uint64_t overflow = frame.node.size_bytes / state_.page_size - 1;
        pages_ += overflow + 1;
        if (pages_ > state_.page_end)
            return fail(level, FindingCode::page_shared, page,
                        "more pages were met than the database has: pages are met again");
        if (state_.has_new_faults() &&
            state_.mapping->faulted(number(page) * state_.page_size, frame.node.size_bytes))
            return fail(level, FindingCode::page_unreadable, page,
                        "the system could not read the page");
        count_page(level, frame, overflow);
        level.own.depth = std::max<std::uint64_t>(level.own.depth, level.frames.size() + 1);
        level.frames.push_back(frame);
        return {};
    }

    static void count_page(Level& level, const Frame& frame, std::uint64_t overflow) {
        const std::uint64_t used = format::content_end(frame.node.view(), frame.node.is_leaf);
        BucketStats& own = level.own;
        if (frame.node.is_leaf) {
            own.key_count += frame.node.count;
            ++own.leaf_page_count;
            own.leaf_inuse_bytes += used;
            own.leaf_overflow_count += overflow;
        } else {
            ++own.branch_page_count;
            own.branch_inuse_bytes += used;
            own.branch_overflow_count += overflow;
        }
    }

    Result<void> step_branch(Level& level, Frame& frame) {
        const auto raw = load<format::BranchElementHeader>(
            frame.node.bytes + format::BranchView::offset_of(frame.index++));
        return enter_page(level, PageId{raw.child});
    }

    Result<void> step_leaf(const Level& level, Frame& frame) {
        const std::uint32_t index = frame.index++;
        const auto raw =
            load<format::LeafElementHeader>(frame.node.bytes + format::LeafView::offset_of(index));
        if ((raw.flags & format::bucket_leaf_flag) == 0)
            return {};
        const auto element = format::LeafView::of(frame.node.view())->element(index);
        if (!element)
            return fail(level, element.error().code, frame.page, to_text(element.error()));
        // Elements that overlap would let a small page hold any amount of work.
        bucket_bytes_ += element->key.size() + element->value.size();
        if (bucket_bytes_ > state_.file.size())
            return fail(level, FindingCode::element_overlap, frame.page,
                        "buckets take more bytes than the file has: elements overlap");
        const Bucket inside = TRY(level.bucket.inside(element->key, element->value));
        return enter_bucket(inside);
    }

    const TransactionState& state_;
    std::vector<Level> levels_;
    BucketStats total_;
    std::uint64_t pages_ = 0;
    std::uint64_t bucket_bytes_ = 0;
};

} // namespace engine

namespace {

// What a write transaction began with, to be read as if nothing had changed.
std::shared_ptr<engine::TransactionState> state_at_begin(const engine::TransactionState& state) {
    auto begin = std::make_shared<engine::TransactionState>();
    begin->mapping = state.mapping;
    begin->meta = state.meta;
    begin->file = state.file;
    begin->page_size = state.page_size;
    begin->page_end = state.page_end;
    begin->faults = state.faults;
    begin->faults_at_begin = state.faults_at_begin;
    return begin;
}

} // namespace

Result<BucketStats> Bucket::stats() const {
    if (live_ == nullptr)
        return engine::StatsWalk(*state_).run(*this);
    TRY(still_there());
    Bucket at;
    at.state_ = state_at_begin(*state_);
    at.root_ = PageId{state_->meta.root};
    for (const std::string& name : path()) {
        Result<Bucket> inside = at.bucket(name);
        if (!inside && inside.error().code() == ErrorCode::bucket_not_found)
            return BucketStats{};
        at = TRY(std::move(inside));
    }
    return engine::StatsWalk(*at.state_).run(at);
}

} // namespace rebolt
