#include "engine/dirty_page.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "io/mapping.hpp"

namespace rebolt::engine {
namespace {

using format::BranchElementHeader;
using format::LeafElementHeader;
using format::LeafView;

template <class T>
void store(std::byte* at, const T& value) noexcept {
    std::memcpy(at, &value, sizeof value);
}

void copy(std::byte* to, std::string_view bytes) noexcept {
    if (!bytes.empty())
        std::memcpy(to, bytes.data(), bytes.size());
}

void store_element(std::byte* page, std::size_t index, std::uint64_t content, const Item& item,
                   bool is_leaf) noexcept {
    const std::size_t offset = LeafView::offset_of(index);
    const auto pos = static_cast<std::uint32_t>(content - offset);
    const auto key_bytes = static_cast<std::uint32_t>(item.key.size());
    if (is_leaf)
        store(page + offset, LeafElementHeader{item.flags, pos, key_bytes,
                                               static_cast<std::uint32_t>(item.value.size())});
    else
        store(page + offset, BranchElementHeader{pos, key_bytes, item.child});
}

// Where an element's field `pos` stands in it.
constexpr std::size_t pos_offset(bool is_leaf) noexcept {
    return is_leaf ? offsetof(LeafElementHeader, pos) : offsetof(BranchElementHeader, pos);
}

} // namespace

DirtyPage::DirtyPage(bool is_leaf, std::size_t room_bytes, DirtyPageMemory* memory)
    : memory_(memory), capacity_(LeafView::offset_of(0) + room_bytes), is_leaf_(is_leaf) {
    bytes_ = DirtyPageMemory::take(memory_, capacity_);
    content_begin_ = capacity_;
    store_header(0, 0);
}

// Readers of nodes look at it, as at a page's.
void DirtyPage::store_header(std::uint64_t id, std::uint32_t overflow) noexcept {
    store(bytes_.get(),
          format::PageHeader{.id = id,
                             .flags = is_leaf_ ? format::leaf_flag : format::branch_flag,
                             .count = count_,
                             .overflow = overflow});
}

std::unique_ptr<DirtyPage> DirtyPage::copy_of(const Node& page, DirtyPageMemory* memory) {
    auto dirty =
        std::make_unique<DirtyPage>(page.is_leaf, page.size_bytes + page.size_bytes / 8, memory);
    // No more than there is, even if another program has just written here.
    const std::uint64_t end =
        std::min(format::content_end(page.view(), page.is_leaf), page.size_bytes);
    const std::uint64_t begin = LeafView::offset_of(page.count);
    dirty->copy_content_of(page, std::max(end, begin) - begin);
    return dirty;
}

void DirtyPage::copy_content_of(const Node& page, std::uint64_t content_bytes) {
    const std::uint64_t begin = LeafView::offset_of(page.count);
    content_begin_ = capacity_ - content_bytes;
    content_bytes_ = content_bytes;
    count_ = page.count;
    std::memcpy(bytes_.get(), page.bytes, begin);
    std::memcpy(bytes_.get() + content_begin_, page.bytes + begin, content_bytes);
    store_header(0, 0);
    shift_positions(0, static_cast<std::uint32_t>(content_begin_ - begin));
}

// The content of all elements from `first` on lies so much farther from them.
void DirtyPage::shift_positions(std::size_t first, std::uint32_t by) noexcept {
    const std::size_t pos = pos_offset(is_leaf_);
    for (std::size_t i = first; i < count_; ++i) {
        std::byte* at = bytes_.get() + LeafView::offset_of(i) + pos;
        store(at, load<std::uint32_t>(at) + by);
    }
}

Item DirtyPage::item(std::size_t index) const noexcept {
    const std::byte* element = bytes_.get() + LeafView::offset_of(index);
    const auto text = [&](std::uint64_t at, std::size_t size) {
        return as_text({element + at, size});
    };
    if (!is_leaf_) {
        const auto raw = load<BranchElementHeader>(element);
        return {text(raw.pos, raw.key_bytes), {}, 0, raw.child};
    }
    const auto raw = load<LeafElementHeader>(element);
    const std::uint64_t value = std::uint64_t{raw.pos} + raw.key_bytes;
    return {text(raw.pos, raw.key_bytes), text(value, raw.value_bytes), raw.flags, 0};
}

std::uint64_t DirtyPage::item_bytes(std::size_t index) const noexcept {
    const Item at = item(index);
    return format::element_bytes + at.key.size() + at.value.size();
}

// Elements that move by one keep their content: its distance changes.
void DirtyPage::insert(std::size_t index, const Item& item) {
    end_views();
    insert_unseen(index, item);
}

// Views stay as they are.
void DirtyPage::insert_unseen(std::size_t index, const Item& item) {
    const std::size_t content = item.key.size() + item.value.size();
    make_room(content);
    std::byte* const page = bytes_.get();
    std::byte* const element = page + LeafView::offset_of(index);
    std::memmove(element + format::element_bytes, element,
                 (count_ - index) * format::element_bytes);
    ++count_;
    shift_positions(index + 1, 0U - std::uint32_t{format::element_bytes});
    content_begin_ -= content;
    content_bytes_ += content;
    copy(page + content_begin_, item.key);
    copy(page + content_begin_ + item.key.size(), item.value);
    store_element(page, index, content_begin_, item, is_leaf_);
    store(page + offsetof(format::PageHeader, count), count_);
}

void DirtyPage::replace(std::size_t index, const Item& item) {
    end_views();
    const Item old = this->item(index);
    const std::size_t old_bytes = old.key.size() + old.value.size();
    const std::size_t content = item.key.size() + item.value.size();
    if (content == old_bytes) {
        std::byte* const at = bytes_.get() + (as_bytes(old.key).data() - bytes_.get());
        copy(at, item.key);
        copy(at + item.key.size(), item.value);
        store_element(bytes_.get(), index, static_cast<std::uint64_t>(at - bytes_.get()), item,
                      is_leaf_);
        return;
    }
    const bool shrunk = has_shrunk;
    erase(index);
    has_shrunk = shrunk || content < old_bytes;
    insert(index, item);
}

void DirtyPage::set_child(std::size_t index, std::uint64_t child) noexcept {
    store(bytes_.get() + LeafView::offset_of(index) + offsetof(BranchElementHeader, child), child);
}

void DirtyPage::erase(std::size_t index) {
    end_views();
    content_bytes_ -= item_bytes(index) - format::element_bytes;
    std::byte* const page = bytes_.get();
    std::byte* const element = page + LeafView::offset_of(index);
    --count_;
    std::memmove(element, element + format::element_bytes,
                 (count_ - index) * format::element_bytes);
    shift_positions(index, format::element_bytes);
    if (count_ == 0)
        content_begin_ = capacity_;
    has_shrunk = true;
    store(page + offsetof(format::PageHeader, count), count_);
}

void DirtyPage::move_tail_to(DirtyPage& right, std::size_t first) {
    right.end_views();
    for (std::size_t i = first; i < count_; ++i) {
        const Item moved = item(i);
        content_bytes_ -= moved.key.size() + moved.value.size();
        right.insert_unseen(right.count_, moved);
    }
    count_ = static_cast<std::uint16_t>(first);
    store(bytes_.get() + offsetof(format::PageHeader, count), count_);
    if (count_ == 0)
        content_begin_ = capacity_;
}

// A debug build moves the content at each change: a view that is used too long
// is a use after free.
void DirtyPage::end_views() {
    if constexpr (io::views_are_checked)
        rearrange(capacity_);
}

// For one more element with so many bytes of content: squeezes gaps out, or
// doubles the buffer if that would not help for long.
void DirtyPage::make_room(std::size_t content_bytes) {
    const std::size_t needed = format::element_bytes + content_bytes;
    if (room() >= needed)
        return;
    const std::size_t used = image_bytes() + needed;
    constexpr std::size_t spare_bytes_max = std::size_t{64} << 20; // positions have 32 bits
    rearrange(used + used / 8 <= capacity_ ? capacity_ : used + std::min(used, spare_bytes_max));
}

void DirtyPage::rearrange(std::size_t capacity) {
    DirtyPageMemory::Buffer bytes = DirtyPageMemory::take(memory_, capacity);
    std::memcpy(bytes.get(), bytes_.get(), format::page_header_bytes);
    content_begin_ = capacity - content_bytes_;
    copy_elements_to(bytes.get(), content_begin_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
}

void DirtyPage::write(std::byte* out, std::uint64_t id, std::uint32_t overflow) const noexcept {
    store(out, format::PageHeader{.id = id,
                                  .flags = is_leaf_ ? format::leaf_flag : format::branch_flag,
                                  .count = count_,
                                  .overflow = overflow});
    copy_elements_to(out, LeafView::offset_of(count_));
}

// The elements, and from `content_at` on their content in their order. Most of it lies in
// that order already, where the page was copied from the file: it is copied in one piece.
void DirtyPage::copy_elements_to(std::byte* out, std::size_t content_at) const noexcept {
    const std::size_t pos = pos_offset(is_leaf_);
    std::string_view piece;
    std::memcpy(out + LeafView::offset_of(0), bytes_.get() + LeafView::offset_of(0),
                count_ * format::element_bytes);
    for (std::size_t i = 0; i < count_; ++i) {
        const Item copied = item(i);
        const std::size_t bytes = copied.key.size() + copied.value.size();
        if (copied.key.data() != piece.data() + piece.size()) {
            copy(out + content_at, piece);
            content_at += piece.size();
            piece = {copied.key.data(), 0};
        }
        const std::size_t element = LeafView::offset_of(i);
        store(out + element + pos, static_cast<std::uint32_t>(content_at + piece.size() - element));
        piece = {piece.data(), piece.size() + bytes};
    }
    copy(out + content_at, piece);
}

} // namespace rebolt::engine
