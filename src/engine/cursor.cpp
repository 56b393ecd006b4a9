#include <rebolt/cursor.hpp>

#include <algorithm>
#include <new>
#include <utility>

#include <rebolt/bucket.hpp>

#include <fmt/format.h>

#include "base/cycle_message.hpp"
#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/engine.hpp"
#include "engine/page_content.hpp"

namespace rebolt {

using engine::Node;

std::vector<PageId> Cursor::path_to(PageId page) const {
    std::vector<PageId> path;
    path.reserve(depth_ + 1);
    for (std::size_t i = 0; i < depth_; ++i)
        path.push_back(frames_[i].page);
    path.push_back(page);
    return path;
}

// An error leaves the cursor unpositioned.
Error Cursor::fail(Error error) noexcept {
    depth_ = 0;
    return error;
}

void Cursor::turn(Direction direction) noexcept {
    if (direction_ == direction)
        return;
    direction_ = direction;
    pages_entered_ = 0;
}

void Cursor::remember(Position& position) const noexcept {
    std::copy_n(frames_.get(), depth_, position.frames.begin());
    position.depth = depth_;
    position.pages_entered = pages_entered_;
}

// At either end, as bbolt's cursor does, also where empty pages come behind the
// entry it stands on. Without an entry it stays where the search ended.
void Cursor::stay_at(const Position& position) noexcept {
    if (direction_ == Direction::none)
        return;
    std::copy_n(position.frames.begin(), position.depth, frames_.get());
    depth_ = position.depth;
    pages_entered_ = position.pages_entered;
}

Result<void> Cursor::start() {
    depth_ = 0;
    pages_entered_ = 0;
    direction_ = Direction::none;
    if (!state_->open.load(std::memory_order_relaxed))
        return engine::transaction_closed(*state_);
    if (frames_ == nullptr)
        frames_.reset(new (std::nothrow) Frame[format::tree_depth_max]);
    if (frames_ == nullptr)
        return Error(ErrorCode::out_of_memory, "out of memory").in_file(state_->path());
    place_.clear();
    if (live_ != nullptr) {
        if (live_->is_deleted)
            return Error(ErrorCode::bucket_not_found, "the bucket was deleted")
                .in_file(state_->path());
        changes_seen_ = state_->changes->count;
        return push(live_->root);
    }
    if (number(root_) != 0)
        return push(root_);
    Node node;
    if (const auto fault = engine::enter_inline(inline_page_, state_->page_size, node))
        return fail(engine::inline_damage(*state_, *fault, name()));
    frames_[depth_++] = {node.bytes, node.size_bytes, PageId{0}, 0, node.count, true, false};
    return {};
}

Result<void> Cursor::push(PageId page) {
    for (std::size_t i = 0; i < depth_; ++i)
        if (frames_[i].page == page)
            return fail(engine::damage(*state_, FindingCode::page_cycle, page, 0,
                                       cycle_message(frames_[depth_ - 1].page, page), path_to(page),
                                       name()));
    if (depth_ == format::tree_depth_max)
        return fail(engine::damage(*state_, FindingCode::tree_too_deep, page, 0,
                                   fmt::format("{} levels of pages", depth_), path_to(page),
                                   name()));
    if (++pages_entered_ > state_->page_bound())
        return fail(engine::damage(
            *state_, FindingCode::page_shared, page, 0,
            fmt::format("the cursor entered {} pages, more than the database has: pages are "
                        "met again",
                        pages_entered_),
            path_to(page), name()));
    Node node;
    const bool may_enter = depth_ == 0 || engine::may_lead_to(frames_[depth_ - 1].page, page);
    if (!may_enter || !engine::enter(*state_, page, node))
        return fail(
            engine::damage(*state_, engine::why_not(*state_, page), page, path_to(page), name()));
    auto fault = engine::judge_for_reading(*state_, page, node);
    if (!fault && !engine::is_dirty(page))
        fault = format::judge_range(node.view(), node.is_leaf, range_below());
    if (!state_->is_sound(node.view()))
        fault = engine::unreadable();
    if (fault)
        return fail(engine::damage(*state_, *fault, page, path_to(page), name()));
    // Member by member: a whole one would be made elsewhere and copied from there.
    Frame& frame = frames_[depth_++];
    frame.bytes = node.bytes;
    frame.size_bytes = node.size_bytes;
    frame.page = page;
    frame.index = 0;
    frame.count = node.count;
    frame.is_leaf = node.is_leaf;
    frame.is_read = false;
    return {};
}

// The keys that the pages on the way allow in the child at the top's index. A
// search goes by them: a key elsewhere would be found by iteration alone.
format::KeyRange Cursor::range_below() const noexcept {
    format::KeyRange range;
    if (depth_ == 0)
        return range;
    const auto key = [](const Frame& frame, std::size_t index) {
        return format::SoundBranch({frame.bytes, frame.size_bytes})[index].key;
    };
    range.lower = key(frames_[depth_ - 1], frames_[depth_ - 1].index);
    for (std::size_t level = depth_; level-- > 0 && !range.upper;)
        if (frames_[level].index + 1 < frames_[level].count)
            range.upper = key(frames_[level], frames_[level].index + 1);
    return range;
}

// Enters the child at the top frame's index.
Result<void> Cursor::push_child() {
    const Frame& top = frames_[depth_ - 1];
    return push(format::SoundBranch({top.bytes, top.size_bytes})[top.index].child);
}

// Down to a leaf, by the first or the last element of each page below the top.
Result<void> Cursor::descend(Direction towards) {
    while (!frames_[depth_ - 1].is_leaf) {
        TRY(push_child());
        Frame& top = frames_[depth_ - 1];
        if (towards == Direction::backward)
            top.index = top.count == 0 ? 0 : top.count - 1U;
    }
    return {};
}

// The entry at the leaf's index.
Result<std::optional<Entry>> Cursor::arrive(Direction towards) {
    const Frame& leaf = frames_[depth_ - 1];
    const auto at_fault = [&](FindingCode code, std::string message) {
        --depth_;
        return fail(engine::damage(*state_, code, leaf.page,
                                   format::LeafView::offset_of(leaf.index), std::move(message),
                                   path_to(leaf.page), name()));
    };
    const auto element = format::LeafView::of({leaf.bytes, leaf.size_bytes})->element(leaf.index);
    if (!element)
        return at_fault(element.error().code, to_text(element.error()));
    const std::uint64_t length = element->key.size() + element->value.size();
    if (leaf.size_bytes > single_read_bytes || state_->has_new_faults())
        if (!state_->touch({as_bytes(element->key).data(), length}))
            return at_fault(FindingCode::page_unreadable,
                            fmt::format("the system could not read the {} bytes of key `{}`",
                                        length, printable(element->key.substr(0, 64))));
    if (live_ != nullptr)
        place_ = element->key;
    direction_ = towards;
    return std::optional<Entry>(
        std::in_place,
        Entry{element->key, element->is_bucket() ? "" : element->value, element->is_bucket()});
}

Result<std::optional<Entry>> Cursor::first() {
    TRY(start());
    TRY(descend(Direction::forward));
    if (frames_[depth_ - 1].count == 0)
        return forward();
    return arrive(Direction::forward);
}

Result<std::optional<Entry>> Cursor::last() {
    TRY(start());
    Frame& root = frames_[0];
    root.index = root.count == 0 ? 0 : root.count - 1U;
    TRY(descend(Direction::backward));
    if (frames_[depth_ - 1].count == 0)
        return backward();
    return arrive(Direction::backward);
}

// A scan enters its leaves in the tree's order, which no hardware foresees: the
// elements of the leaf four ahead are fetched now, and the keys of the one two ahead.
void Cursor::prefetch_siblings() const noexcept {
    if (depth_ < 2)
        return;
    const Frame& parent = frames_[depth_ - 2];
    const auto sibling = [&](std::uint32_t ahead) -> const std::byte* {
        if (parent.index + ahead >= parent.count)
            return nullptr;
        const std::uint64_t id =
            load<format::BranchElementHeader>(parent.bytes +
                                              format::BranchView::offset_of(parent.index + ahead))
                .child;
        return id < state_->page_end ? state_->file.data() + id * state_->page_size : nullptr;
    };
    if (const std::byte* page = sibling(4))
        engine::prefetch_elements(page, frames_[depth_ - 1].count);
    if (const std::byte* page = sibling(2))
        engine::prefetch_keys(
            page, static_cast<std::uint64_t>(state_->file.data() + state_->file.size() - page));
}

// Most steps to another page: from a leaf to the next one below the same branch. True if
// all is as it must be; else nothing has changed, and forward() goes there or says why not.
bool Cursor::step_to_sibling() {
    if (depth_ < 2 || live_ != nullptr || direction_ != Direction::forward)
        return false;
    Frame& parent = frames_[depth_ - 2];
    Frame& leaf = frames_[depth_ - 1];
    if (parent.index + 2 >= parent.count || pages_entered_ >= state_->page_bound())
        return false;
    const format::SoundBranch elements({parent.bytes, parent.size_bytes});
    const format::BranchElement element = elements[parent.index + 1];
    Node node;
    // A leaf is none of the branches on the way: no look for a cycle.
    if (engine::is_dirty(element.child) || !engine::enter(*state_, element.child, node) ||
        !node.is_leaf || node.count == 0 ||
        engine::judge_for_reading(*state_, element.child, node) ||
        format::judge_range(node.view(), true,
                            {.lower = element.key, .upper = elements[parent.index + 2].key}))
        return false;
    const bool is_read = node.size_bytes <= leaf_read_bytes && state_->touch(node.view());
    if (state_->has_new_faults())
        return false;
    ++pages_entered_;
    ++parent.index;
    leaf = {node.bytes, node.size_bytes, element.child, 0, node.count, true, is_read};
    return true;
}

// next() where the next entry is not simply the next element of the leaf.
Result<std::optional<Entry>> Cursor::next_page() {
    if (depth_ == 0)
        return std::optional<Entry>{};
    if (!state_->open.load(std::memory_order_relaxed))
        return fail(engine::transaction_closed(*state_));
    if (frames_[depth_ - 1].index + 1 >= frames_[depth_ - 1].count && step_to_sibling()) {
        prefetch_siblings();
        return entry_of(frames_[depth_ - 1]);
    }
    if (has_lost_place()) {
        if (place_.empty()) // behind the end
            return std::optional<Entry>{};
        const std::string last = place_;
        auto entry = TRY(seek(last));
        if (!entry || entry->key != last)
            return entry;
    }
    return forward();
}

// True after a change in the transaction: frames show what was.
bool Cursor::has_lost_place() const noexcept {
    return live_ != nullptr && changes_seen_ != state_->changes->count;
}

Result<std::optional<Entry>> Cursor::forward() {
    // After a seek or an empty first page there is no last key yet.
    if (direction_ != Direction::none)
        turn(Direction::forward);
    Position before;
    remember(before);
    for (;;) {
        std::size_t level = depth_;
        while (level > 0 && frames_[level - 1].index + 1 >= frames_[level - 1].count)
            --level;
        if (level == 0) {
            stay_at(before);
            return std::optional<Entry>{};
        }
        depth_ = level;
        ++frames_[level - 1].index;
        TRY(descend(Direction::forward));
        if (frames_[depth_ - 1].count == 0)
            continue;
        if (level < depth_)
            prefetch_siblings();
        return arrive(Direction::forward);
    }
}

Result<std::optional<Entry>> Cursor::prev() {
    if (depth_ == 0)
        return std::optional<Entry>{};
    if (!state_->open.load(std::memory_order_relaxed))
        return fail(engine::transaction_closed(*state_));
    if (has_lost_place()) {
        if (place_.empty())
            return last();
        const auto entry = TRY(seek(std::string(place_)));
        if (!entry)
            return last();
    }
    return backward();
}

Result<std::optional<Entry>> Cursor::backward() {
    if (direction_ != Direction::none)
        turn(Direction::backward);
    Position before;
    remember(before);
    for (;;) {
        std::size_t level = depth_;
        while (level > 0 && frames_[level - 1].index == 0)
            --level;
        if (level == 0) {
            stay_at(before);
            return std::optional<Entry>{};
        }
        depth_ = level;
        --frames_[level - 1].index;
        TRY(descend(Direction::backward));
        if (frames_[depth_ - 1].count == 0)
            continue;
        return arrive(Direction::backward);
    }
}

Result<std::optional<Entry>> Cursor::seek(std::string_view key) {
    TRY(start());
    for (;;) {
        Frame& top = frames_[depth_ - 1];
        const Node node{top.bytes, top.size_bytes, top.count, top.is_leaf};
        bool exact = false;
        const auto index =
            top.is_leaf ? engine::lower_bound(node, key, exact) : engine::child_index(node, key);
        if (!index) {
            const PageId page = top.page;
            --depth_;
            return fail(engine::damage(*state_, index.error(), page, path_to(page), name()));
        }
        top.index = *index;
        if (top.is_leaf)
            break;
        TRY(push_child());
    }
    if (frames_[depth_ - 1].index >= frames_[depth_ - 1].count)
        return forward();
    return arrive(Direction::forward);
}

Result<void> Cursor::erase() {
    if (!state_->open.load(std::memory_order_relaxed))
        return engine::transaction_closed(*state_);
    if (live_ == nullptr)
        return Error(ErrorCode::transaction_not_writable, "the transaction only reads")
            .in_file(state_->path());
    if (depth_ == 0 || place_.empty())
        return Error(ErrorCode::invalid_argument, "the cursor stands on no entry")
            .in_file(state_->path());
    Bucket bucket;
    bucket.state_ = state_;
    bucket.name_ = name_;
    bucket.live_ = live_;
    return bucket.erase(place_);
}

} // namespace rebolt
