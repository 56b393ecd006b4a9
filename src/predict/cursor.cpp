#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/bucket.hpp"

namespace rebolt::predict {
namespace {

// A way down that has no page twice is as long as the file has pages; one that
// is longer than this is left alone.
constexpr std::size_t cursor_depth_max = 20000;

Ending loop_through(std::uint64_t from, std::uint64_t to) {
    return hang(fmt::format("page {} leads back to page {}: it follows the loop until memory runs "
                            "out",
                            from, to),
                PageId{to});
}

} // namespace

// Bucket.pageNode.
Ended<Frame> Cursor::enter(std::uint64_t id) {
    if (Done done = store_->step(); !done)
        return std::move(done).error();
    if (stack_.size() > cursor_depth_max)
        return hang("the way down is deeper than any file needs", PageId{id});
    Frame frame;
    frame.asked = id;
    if (bucket_->root == 0) {
        if (id != 0)
            return panic(fmt::format("inline bucket non-zero page access(2): {} != 0", id));
        frame.node = bucket_->root_node;
        if (frame.node == nullptr && !bucket_->has_page)
            return nil_panic();
        if (frame.node == nullptr)
            frame.page = TRY(store_->page_at(bucket_->inline_at));
    } else if (const auto node = bucket_->nodes.find(id); node != bucket_->nodes.end()) {
        frame.node = node->second;
    } else {
        frame.page = TRY(store_->tx_page(id));
    }
    frame.is_leaf = frame.node != nullptr ? frame.node->is_leaf : store_->is_leaf(frame.page);
    return frame;
}

Ended<std::uint64_t> Cursor::child_at(const Frame& frame, std::uint64_t index) {
    if (frame.node == nullptr)
        return store_->branch_child(frame.page, index);
    if (index >= frame.node->inodes.size())
        return index_panic(index, frame.node->inodes.size());
    return frame.node->inodes[index].child;
}

Ended<Text> Cursor::key_at(const Frame& frame, std::uint64_t index) {
    if (frame.node != nullptr)
        return frame.node->inodes[index].key;
    return frame.is_leaf ? store_->leaf_key(frame.page, index)
                         : store_->branch_key(frame.page, index);
}

// sort.Search.
Ended<std::uint64_t> Cursor::lower_bound(const Frame& frame, const Text& key, bool& exact) {
    std::uint64_t low = 0;
    std::uint64_t high = frame.count();
    while (low < high) {
        if (Done done = store_->step(); !done)
            return std::move(done).error();
        const std::uint64_t middle = (low + high) / 2;
        const Text found = TRY(key_at(frame, middle));
        const int order = TRY(store_->memory().compare(found, key));
        exact = exact || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

Done Cursor::search(const Text& key) {
    const Rules& rules = store_->rules();
    for (std::uint64_t id = bucket_->root;;) {
        // The same key in the same page takes the same way again.
        if (bucket_->root != 0 && std::ranges::find(stack_, id, &Frame::asked) != stack_.end())
            return loop_through(stack_.back().asked, id);
        stack_.push_back(TRY(enter(id)));
        Frame& frame = stack_.back();
        if (frame.node == nullptr && !rules.is(frame.page.flags, branch_flag) &&
            !rules.is(frame.page.flags, leaf_flag))
            return panic(
                fmt::format("invalid page type: {}: {:x}", frame.page.id, frame.page.flags),
                PageId{id});
        bool exact = false;
        frame.index = TRY(lower_bound(frame, key, exact));
        if (frame.is_leaf)
            return {};
        if (!exact && frame.index > 0)
            --frame.index;
        if (frame.index >= frame.count())
            return index_panic(frame.index, frame.count());
        id = TRY(child_at(frame, frame.index));
    }
}

Done Cursor::go_to_first() {
    while (!stack_.back().is_leaf) {
        const std::uint64_t child = TRY(child_at(stack_.back(), stack_.back().index));
        // A page that was entered at element 0, and is entered there again from
        // inside itself: what happened since happens again, without end.
        if (bucket_->root != 0)
            for (const Frame& above : stack_)
                if (above.from_first && above.asked == child)
                    return loop_through(stack_.back().asked, child);
        Frame frame = TRY(enter(child));
        frame.from_first = true;
        stack_.push_back(std::move(frame));
    }
    return {};
}

Ended<Entry> Cursor::entry() {
    const Frame& frame = stack_.back();
    if (frame.index >= frame.count())
        return Entry{};
    if (frame.node != nullptr) {
        const Inode& inode = frame.node->inodes[frame.index];
        return Entry{inode.key, inode.value, inode.flags};
    }
    Entry found;
    found.key = TRY(store_->leaf_key(frame.page, frame.index));
    found.value = TRY(store_->leaf_value(frame.page, frame.index));
    found.flags = TRY(store_->leaf_flags(frame.page, frame.index));
    return found;
}

Ended<Entry> Cursor::first() {
    stack_.clear();
    Frame root = TRY(enter(bucket_->root));
    root.from_first = true;
    stack_.push_back(std::move(root));
    if (Done done = go_to_first(); !done)
        return std::move(done).error();
    if (stack_.back().count() == 0) {
        const Entry found = TRY(next());
        if (found.key.is_nil)
            return Entry{};
    }
    return entry();
}

Ended<Entry> Cursor::next() {
    for (;;) {
        if (Done done = store_->step(); !done)
            return std::move(done).error();
        std::size_t depth = stack_.size();
        while (depth > 0 && stack_[depth - 1].index + 1 >= stack_[depth - 1].count())
            --depth;
        if (depth == 0)
            return Entry{};
        stack_.resize(depth);
        ++stack_.back().index;
        if (Done done = go_to_first(); !done)
            return std::move(done).error();
        if (stack_.back().count() != 0)
            return entry();
    }
}

Ended<Entry> Cursor::seek(const Text& key) {
    stack_.clear();
    if (Done done = search(key); !done)
        return std::move(done).error();
    return entry();
}

Bucket root_bucket(Store& store, bool is_writable) {
    Bucket bucket;
    bucket.root = store.meta().root;
    bucket.sequence = store.meta().sequence;
    bucket.is_writable = is_writable;
    return bucket;
}

namespace {

// Bucket.openBucket.
Ended<std::unique_ptr<Bucket>> bucket_of(Store& store, Text value, bool is_writable) {
    Memory& memory = store.memory();
    if (value.length == 0)
        return index_panic(0, 0);
    constexpr std::uint64_t alignment = 8;
    if (value.at % alignment != 0) {
        if (Done done = store.step(value.length / 16); !done)
            return std::move(done).error();
        if (Done done = memory.touch_as_copied(value); !done)
            return std::move(done).error();
        value = memory.allocate(TRY(memory.copy(value)));
    }
    auto bucket = std::make_unique<Bucket>();
    bucket->is_writable = is_writable;
    bucket->root = TRY(memory.number(value.at, 8));
    bucket->sequence = TRY(memory.number(value.at + 8, 8));
    if (bucket->root == 0) {
        if (value.length <= bucket_header_bytes)
            return index_panic(bucket_header_bytes, value.length);
        bucket->inline_at = value.at + bucket_header_bytes;
        bucket->has_page = true;
    }
    return bucket;
}

} // namespace

Ended<Bucket*> open_bucket(Store& store, Bucket& parent, const Text& name,
                           std::unique_ptr<Bucket>& kept) {
    Cursor cursor(store, parent);
    const Entry found = TRY(cursor.seek(name));
    if (!TRY(are_equal(store.memory(), name, found.key)) || !found.is_bucket())
        return nullptr;
    std::unique_ptr<Bucket> bucket = TRY(bucket_of(store, found.value, parent.is_writable));
    if (!parent.is_writable) {
        kept = std::move(bucket);
        return kept.get();
    }
    std::unique_ptr<Bucket>& child = parent.children[TRY(store.memory().copy(name))];
    child = std::move(bucket);
    return child.get();
}

} // namespace rebolt::predict
