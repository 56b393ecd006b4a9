// Cursor: walks a bucket's keys in order.
//
// What keeps it safe on any bytes: a page is judged as a whole when it is
// entered (page_grammar.hpp), and its keys must lie in the range that its parents
// give it, so that keys ascend strictly along an iteration and a search finds
// each of them; depth is bounded; and pages entered since the last positioning
// may not exceed the high water mark.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/bytes.hpp>
#include <rebolt/id.hpp>
#include <rebolt/page_grammar.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

namespace engine {
struct TransactionState;
struct BucketName;
struct OpenBucket;
struct Search;
struct Tree;
class StatsWalk;
} // namespace engine

/// A key with its value, or with the bucket that stands under it (is_bucket;
/// the value is then empty, as in bbolt). Views: valid until the transaction
/// ends; in a write transaction, until its next change.
struct Entry {
    std::string_view key;
    std::string_view value;
    bool is_bucket = false;
};

/// Each positioning call returns the entry it arrived at, nullopt if there is
/// none, or an Error (damaged, transaction_closed). At either end the cursor
/// stays on the last or first entry, as in bbolt 1.4: next() then prev() at the
/// end gives the entry before the last. After an error, position again with
/// first, last or seek; until then next and prev return nullopt.
/// When a write transaction changed something since, the cursor finds its place
/// again by its key: next() and prev() go on from there, also if it was deleted.
/// Small: to be passed and moved. Cost: next and prev O(1) amortised; first, last, seek
/// O(depth × log elements). The first call allocates the way down, 2 KiB; none after it.
class Cursor {
public:
    [[nodiscard]] Result<std::optional<Entry>> first();
    [[nodiscard]] Result<std::optional<Entry>> last();
    [[nodiscard]] Result<std::optional<Entry>> next();
    [[nodiscard]] Result<std::optional<Entry>> prev();
    /// The first entry whose key is `key` or greater.
    [[nodiscard]] Result<std::optional<Entry>> seek(std::string_view key);
    template <ByteRange Key>
    [[nodiscard]] Result<std::optional<Entry>> seek(const Key& key) {
        return seek(as_text(key));
    }

    /// Deletes the entry the cursor stands on (bbolt: Cursor.Delete); next()
    /// then gives the one behind it. Errors: as Bucket::erase, and
    /// invalid_argument if it stands on none.
    Result<void> erase();

    /// Pages entered since the last positioning call or change of direction:
    /// never more than the database has.
    [[nodiscard]] std::uint64_t pages_entered() const noexcept { return pages_entered_; }

private:
    friend class Bucket;

    enum class Direction : std::uint8_t { none, forward, backward };

    /// A page on the way down. `index` may be `count`, behind a seek's end.
    struct Frame {
        const std::byte* bytes;
        std::uint64_t size_bytes;
        PageId page;
        std::uint32_t index;
        std::uint16_t count;
        bool is_leaf;
        bool is_read; ///< a leaf all of whose bytes could be read
    };

    /// Where it stands, to go back to when nothing comes behind.
    struct Position {
        std::array<Frame, format::tree_depth_max> frames; ///< as many as depth
        std::size_t depth;
        std::uint64_t pages_entered;
    };

    /// A longer value may lie in several system pages, each of which may turn
    /// out unreadable: such values take the careful way.
    static constexpr std::uint32_t plain_value_bytes = 2048;
    /// What the read of a page's header has shown to be readable.
    static constexpr std::uint32_t single_read_bytes = 4096;
    /// A scan reads a byte of each system page of a leaf when it enters one of so many
    /// bytes, and of a longer one's values as it comes to them.
    static constexpr std::uint32_t leaf_read_bytes = 65536;

    Cursor() = default;
    Result<std::optional<Entry>> next_page();
    Result<std::optional<Entry>> entry_of(const Frame& leaf);
    [[nodiscard]] bool step_to_sibling();
    Result<std::optional<Entry>> forward();
    Result<std::optional<Entry>> backward();
    [[nodiscard]] bool has_lost_place() const noexcept;
    Result<std::optional<Entry>> arrive(Direction towards);
    Result<void> start();
    Result<void> push(PageId page);
    Result<void> push_child();
    Result<void> descend(Direction towards);
    [[nodiscard]] format::KeyRange range_below() const noexcept;
    void turn(Direction direction) noexcept;
    void remember(Position& position) const noexcept;
    void stay_at(const Position& position) noexcept;
    void prefetch_siblings() const noexcept;
    [[nodiscard]] Error fail(Error error) noexcept;
    [[nodiscard]] std::vector<PageId> path_to(PageId page) const;
    [[nodiscard]] const engine::BucketName* name() const noexcept { return name_.get(); }

    std::shared_ptr<engine::TransactionState> state_;
    std::shared_ptr<const engine::BucketName> name_;
    PageId root_{};
    Bytes inline_page_;
    const std::atomic<bool>* open_ = nullptr;
    const std::atomic<std::uint64_t>* faults_ = nullptr;
    std::uint64_t faults_at_begin_ = 0;
    /// Of a write transaction: the bucket's state, the number of its changes
    /// when the cursor took its place, and the key there, of its own.
    engine::OpenBucket* live_ = nullptr;
    std::uint64_t changes_seen_ = 0;
    std::string place_;

    std::unique_ptr<Frame[]> frames_; ///< format::tree_depth_max of them
    std::size_t depth_ = 0;
    std::uint64_t pages_entered_ = 0;
    Direction direction_ = Direction::none;
};

// Inline: one step inside a page.
inline Result<std::optional<Entry>> Cursor::next() {
    if (depth_ == 0) [[unlikely]]
        return std::optional<Entry>{};
    Frame& leaf = frames_[depth_ - 1];
    if (leaf.index + 1 >= leaf.count || direction_ != Direction::forward || live_ != nullptr ||
        !open_->load(std::memory_order_relaxed)) [[unlikely]]
        return next_page();
    ++leaf.index;
    return entry_of(leaf);
}

// The entry at the index of a leaf of the file. The page was judged when it was entered;
// its end is looked at nevertheless, since another program may write into the file while
// it is mapped.
inline Result<std::optional<Entry>> Cursor::entry_of(const Frame& leaf) {
    const std::uint64_t offset = format::LeafView::offset_of(leaf.index);
    const auto raw = load<format::LeafElementHeader>(leaf.bytes + offset);
    const std::uint64_t end = offset + raw.pos + raw.key_bytes + raw.value_bytes;
    if (end > leaf.size_bytes || (raw.value_bytes > plain_value_bytes && !leaf.is_read) ||
        (raw.flags & format::bucket_leaf_flag) != 0) [[unlikely]]
        return arrive(Direction::forward);
    if (!leaf.is_read && leaf.size_bytes > single_read_bytes && raw.value_bytes != 0)
        static_cast<void>(*static_cast<const volatile std::byte*>(leaf.bytes + end - 1));
    if (faults_->load(std::memory_order_relaxed) != faults_at_begin_) [[unlikely]]
        return arrive(Direction::forward);
    const std::byte* key = leaf.bytes + offset + raw.pos;
    return std::optional<Entry>(std::in_place,
                                Entry{as_text({key, raw.key_bytes}),
                                      as_text({key + raw.key_bytes, raw.value_bytes}), false});
}

} // namespace rebolt
