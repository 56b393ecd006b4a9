// DirtyPage: a branch or leaf page of an open write transaction, in memory.
//
// It is a page image that the readers of pages can read: header, elements, and
// content behind them. Other than in a file, content stands at the end of the
// buffer, what was added in front, so that adding an element moves no content. write()
// puts it into bbolt's canonical layout: content in element order, no gaps.
//
// Only a page that judge_for_writing() found sound is copied: a transaction
// copies no damage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <rebolt/format.hpp>

#include "engine/dirty_page_memory.hpp"
#include "engine/node.hpp"
#include "engine/page_content.hpp"

namespace rebolt::engine {

class DirtyPage {
public:
    /// An empty page with room for about `room_bytes`. Its bytes come from
    /// `memory`, which must live longer; null: from the heap.
    DirtyPage(bool is_leaf, std::size_t room_bytes, DirtyPageMemory* memory = nullptr);
    /// A copy of a sound page.
    static std::unique_ptr<DirtyPage> copy_of(const Node& page, DirtyPageMemory* memory = nullptr);

    [[nodiscard]] Node node() const noexcept { return {bytes_.get(), capacity_, count_, is_leaf_}; }
    [[nodiscard]] std::uint16_t count() const noexcept { return count_; }
    [[nodiscard]] bool is_leaf() const noexcept { return is_leaf_; }
    /// Bytes that the page takes in a file, header included.
    [[nodiscard]] std::uint64_t image_bytes() const noexcept {
        return format::LeafView::offset_of(count_) + content_bytes_;
    }
    /// The element at `index` < count(). Views are valid until the next change.
    [[nodiscard]] Item item(std::size_t index) const noexcept;
    /// Bytes that the element takes in a file.
    [[nodiscard]] std::uint64_t item_bytes(std::size_t index) const noexcept;

    /// True if `view` begins in this dirty page's memory.
    [[nodiscard]] bool holds(std::string_view view) const noexcept {
        return as_bytes(view).data() >= bytes_.get() &&
               as_bytes(view).data() < bytes_.get() + capacity_;
    }

    // Changes. `item` must not view this dirty page's own bytes.

    void insert(std::size_t index, const Item& item);
    void replace(std::size_t index, const Item& item);
    void set_child(std::size_t index, std::uint64_t child) noexcept;
    void erase(std::size_t index);
    /// Moves the elements from `first` on to the end of `right`.
    void move_tail_to(DirtyPage& right, std::size_t first);

    /// Writes the page as bbolt lays it out: image_bytes() bytes at `out`.
    void write(std::byte* out, std::uint64_t id, std::uint32_t overflow) const noexcept;

    /// An element was erased: the page may be due for a merge.
    bool has_shrunk = false;

private:
    void store_header(std::uint64_t id, std::uint32_t overflow) noexcept;
    void end_views();
    void insert_unseen(std::size_t index, const Item& item);
    void make_room(std::size_t content_bytes);
    void rearrange(std::size_t capacity);
    void copy_content_of(const Node& page, std::uint64_t content_bytes);
    void copy_elements_to(std::byte* out, std::size_t content_at) const noexcept;
    void shift_positions(std::size_t first, std::uint32_t by) noexcept;
    [[nodiscard]] std::size_t room() const noexcept {
        return content_begin_ - format::LeafView::offset_of(count_);
    }

    DirtyPageMemory* memory_;
    DirtyPageMemory::Buffer bytes_;
    std::size_t capacity_;
    std::size_t content_begin_;       ///< content in use, and gaps, from here to the end
    std::uint64_t content_bytes_ = 0; ///< of content in use
    std::uint16_t count_ = 0;
    bool is_leaf_;
};

} // namespace rebolt::engine
