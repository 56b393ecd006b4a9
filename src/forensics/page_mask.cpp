#include "forensics/page_mask.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace rebolt::forensics {
namespace {

using format::BranchElementHeader;
using format::BranchView;
using format::LeafElementHeader;
using format::LeafView;
using format::PageHeader;
using format::PageType;

template <class Fields>
void store(std::span<std::byte> to, std::uint64_t offset, const Fields& fields) {
    std::memcpy(to.data() + offset, &fields, sizeof fields);
}

/// Where an element's key and value are, and whether they lie in the page.
struct Extent {
    std::uint64_t key = 0;
    std::uint64_t key_bytes = 0;
    std::uint64_t value_bytes = 0;
    bool is_beyond_end = false;
    bool is_in_elements = false; ///< where the elements are, or before

    [[nodiscard]] bool is_right() const noexcept { return !is_beyond_end && !is_in_elements; }
};

/// The elements of a branch or leaf page, one by one, whatever its count says.
class Elements {
public:
    explicit Elements(Bytes page)
        : page_(page), header_(load<PageHeader>(page.data())),
          count_(std::min<std::size_t>(header_.count, (page.size() - format::page_header_bytes) /
                                                          format::element_bytes)) {}

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] bool is_leaf() const noexcept { return header_.type() == PageType::leaf; }
    [[nodiscard]] LeafElementHeader leaf(std::size_t index) const noexcept {
        return load<LeafElementHeader>(page_.data() + LeafView::offset_of(index));
    }
    [[nodiscard]] BranchElementHeader branch(std::size_t index) const noexcept {
        return load<BranchElementHeader>(page_.data() + BranchView::offset_of(index));
    }

    /// To be asked in order. What lies over others is wrong beyond the page's size.
    [[nodiscard]] Extent extent(std::size_t index) noexcept {
        Extent extent;
        if (is_leaf()) {
            const LeafElementHeader raw = leaf(index);
            extent = {LeafView::offset_of(index) + raw.pos, raw.key_bytes, raw.value_bytes};
        } else {
            const BranchElementHeader raw = branch(index);
            extent = {BranchView::offset_of(index) + raw.pos, raw.key_bytes, 0};
        }
        extent.is_beyond_end = extent.key + extent.key_bytes + extent.value_bytes > page_.size();
        extent.is_in_elements = extent.key < LeafView::offset_of(header_.count);
        if (extent.is_right()) {
            total_ += extent.key_bytes + extent.value_bytes;
            extent.is_beyond_end = total_ > page_.size();
        }
        return extent;
    }
    [[nodiscard]] std::string_view key(const Extent& extent) const noexcept {
        return as_text(page_.subspan(extent.key, extent.key_bytes));
    }
    [[nodiscard]] std::string_view value(const Extent& extent) const noexcept {
        return as_text(page_.subspan(extent.key + extent.key_bytes, extent.value_bytes));
    }

private:
    Bytes page_;
    PageHeader header_;
    std::size_t count_;
    std::uint64_t total_ = 0;
};

bool is_leaf_flagged(std::uint32_t flags) noexcept {
    return (flags & format::bucket_leaf_flag) != 0;
}

// An element that does not lie in its page, wrong in the same way.
std::uint32_t wrong_position(const Extent& extent, std::size_t page_bytes) noexcept {
    return extent.is_beyond_end ? static_cast<std::uint32_t>(page_bytes) : 0;
}

bool is_tree_page(Bytes page) noexcept {
    if (page.size() < format::page_header_bytes)
        return false;
    const PageType type = load<PageHeader>(page.data()).type();
    return type == PageType::leaf || type == PageType::branch;
}

bool looks_like_meta(Bytes page) noexcept {
    const auto meta = format::MetaView::of(page);
    if (!meta)
        return false;
    const format::MetaFields& fields = meta->fields();
    const int signs = (fields.magic == format::magic ? 1 : 0) +
                      (fields.version == format::version ? 1 : 0) +
                      (format::is_page_size(fields.page_size) ? 1 : 0);
    return signs >= 2;
}

} // namespace

void for_each_key(Bytes page, const std::function<void(std::string_view)>& visit) {
    if (!is_tree_page(page))
        return;
    Elements elements(page);
    for (std::size_t i = 0; i < elements.count(); ++i) {
        const Extent extent = elements.extent(i);
        if (!extent.is_right())
            continue;
        visit(elements.key(extent));
        if (!elements.is_leaf() || !is_leaf_flagged(elements.leaf(i).flags))
            continue;
        const auto bucket = format::BucketView::of(elements.value(extent));
        if (!bucket || !bucket->is_inline() || !is_tree_page(bucket->inline_page()))
            continue;
        Elements inside(bucket->inline_page());
        for (std::size_t j = 0; j < inside.count(); ++j)
            if (const Extent at = inside.extent(j); at.is_right())
                visit(inside.key(at));
    }
}

std::uint64_t masked_page_number(std::uint64_t id) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    return id <= most ? id : std::numeric_limits<std::uint64_t>::max() - 1;
}

void PageMask::fill(Bytes from, Out to) const {
    std::ranges::transform(
        from, to.begin(), [this](std::byte byte) { return byte == std::byte{0} ? byte : filler_; });
}

Bytes PageMask::masked(Bytes page, PageId id) {
    buffer_.resize(page.size());
    const Out to(buffer_);
    fill(page, to);
    if (page.size() < format::page_header_bytes || format::all_zero(page))
        return buffer_;
    put_header(page, to);
    const PageType type = load<PageHeader>(page.data()).type();
    if (number(id) < 2 && looks_like_meta(page))
        put_meta(page, to);
    else if (type == PageType::freelist)
        put_freelist(page, to);
    else if (type == PageType::branch)
        put_branch(page, to);
    else if (type == PageType::leaf)
        put_leaf(page, to, false);
    return buffer_;
}

void PageMask::put_header(Bytes from, Out to) {
    auto header = load<PageHeader>(from.data());
    header.id = masked_page_number(header.id);
    if (header.type() == PageType::unknown) // may be anybody's bytes: of no type either
        header = {header.id, static_cast<std::uint16_t>(header.flags == 0 ? 0 : 0xFF00),
                  static_cast<std::uint16_t>(header.count == 0 ? 0 : 0xFFFF),
                  header.overflow == 0 ? 0 : std::numeric_limits<std::uint32_t>::max()};
    store(to, 0, header);
}

void PageMask::put_meta(Bytes from, Out to) {
    const auto fields = load<format::MetaFields>(from.data() + format::page_header_bytes);
    store(to, format::page_header_bytes, fields);
}

void PageMask::put_freelist(Bytes from, Out to) {
    const auto list = format::FreelistView::of(from);
    const auto header = load<PageHeader>(from.data());
    const bool is_long = header.count == format::freelist_count_in_first_id;
    const std::uint64_t fit = (from.size() - format::page_header_bytes) / sizeof(std::uint64_t);
    const std::uint64_t ids =
        list ? list->count() + (is_long ? 1 : 0) : std::min<std::uint64_t>(header.count, fit);
    for (std::uint64_t i = 0; i < std::min(ids, fit); ++i) {
        const std::uint64_t offset = format::page_header_bytes + i * sizeof(std::uint64_t);
        store(to, offset, masked_page_number(load<std::uint64_t>(from.data() + offset)));
    }
}

void PageMask::put_branch(Bytes from, Out to) const {
    Elements elements(from);
    for (std::size_t i = 0; i < elements.count(); ++i) {
        const Extent extent = elements.extent(i);
        BranchElementHeader raw = elements.branch(i);
        raw.child = masked_page_number(raw.child);
        if (!extent.is_right())
            raw = {wrong_position(extent, from.size()), 1, raw.child};
        store(to, BranchView::offset_of(i), raw);
    }
    Elements again(from);
    for (std::size_t i = 0; i < again.count(); ++i)
        if (const Extent extent = again.extent(i); extent.is_right())
            std::ranges::copy(as_bytes(names_.of(again.key(extent))),
                              to.begin() + static_cast<std::ptrdiff_t>(extent.key));
}

void PageMask::put_leaf(Bytes from, Out to, bool is_inline) const {
    Elements elements(from);
    for (std::size_t i = 0; i < elements.count(); ++i) {
        const Extent extent = elements.extent(i);
        LeafElementHeader raw = elements.leaf(i);
        if (raw.flags > format::bucket_leaf_flag)
            raw.flags = (raw.flags & format::bucket_leaf_flag) | 2U;
        if (!extent.is_right())
            raw = {raw.flags, wrong_position(extent, from.size()), 1, 0};
        store(to, LeafView::offset_of(i), raw);
    }
    Elements again(from);
    for (std::size_t i = 0; i < again.count(); ++i) {
        const Extent extent = again.extent(i);
        if (!extent.is_right())
            continue;
        std::ranges::copy(as_bytes(names_.of(again.key(extent))),
                          to.begin() + static_cast<std::ptrdiff_t>(extent.key));
        const Out value = to.subspan(extent.key + extent.key_bytes, extent.value_bytes);
        std::ranges::fill(value, filler_);
        if (is_leaf_flagged(again.leaf(i).flags) && !is_inline)
            put_bucket(again.value(extent), value);
    }
}

void PageMask::put_bucket(std::string_view value, Out to) const {
    if (value.size() < sizeof(format::BucketHeader))
        return;
    auto header = load<format::BucketHeader>(as_bytes(value).data());
    const std::uint64_t root = header.root;
    header.root = masked_page_number(root);
    if (header.root != root)
        header.sequence = 0; // a damaged value: anybody's bytes
    store(to, 0, header);
    const auto bucket = format::BucketView::of(value);
    if (!bucket || !bucket->is_inline())
        return;
    const Bytes page = bucket->inline_page();
    const Out inside = to.subspan(sizeof header);
    fill(page, inside);
    put_header(page, inside);
    if (load<PageHeader>(page.data()).type() == PageType::leaf)
        put_leaf(page, inside, true);
    else if (load<PageHeader>(page.data()).type() == PageType::branch)
        put_branch(page, inside);
}

} // namespace rebolt::forensics
