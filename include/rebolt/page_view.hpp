// Views over the bytes of one page: the only door to them (see format.hpp).
#pragma once

#include <rebolt/format.hpp>

namespace rebolt::format {

/// A page with its header. `bytes` includes the overflow pages.
class PageView {
public:
    /// Fails on fewer than 16 bytes. Does not judge type, id or overflow.
    static Checked<PageView> of(Bytes bytes) noexcept;

    [[nodiscard]] const PageHeader& header() const noexcept { return header_; }
    [[nodiscard]] PageType type() const noexcept { return header_.type(); }
    [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

private:
    PageView(Bytes bytes, PageHeader header) noexcept : bytes_(bytes), header_(header) {}

    Bytes bytes_;
    PageHeader header_;
};

/// A branch page's elements.
class BranchView {
public:
    /// Fails if `count` elements do not fit (element_out_of_page). The page's
    /// type is the caller's to judge.
    static Checked<BranchView> of(Bytes page) noexcept;

    [[nodiscard]] std::uint16_t count() const noexcept { return count_; }
    /// The element's own fields, unchecked. index < count().
    [[nodiscard]] BranchElementHeader raw(std::size_t index) const noexcept {
        return load<BranchElementHeader>(page_.data() + offset_of(index));
    }
    /// Fails if the key does not lie in the page behind the elements.
    [[nodiscard]] Checked<BranchElement> element(std::size_t index) const noexcept;

    [[nodiscard]] static constexpr std::size_t offset_of(std::size_t index) noexcept {
        return page_header_bytes + index * element_bytes;
    }

private:
    BranchView(Bytes page, std::uint16_t count) noexcept : page_(page), count_(count) {}

    Bytes page_;
    std::uint16_t count_;
};

/// A leaf page's elements; also of an inline bucket's page image.
class LeafView {
public:
    /// Fails if `count` elements do not fit (element_out_of_page). The page's
    /// type is the caller's to judge.
    static Checked<LeafView> of(Bytes page) noexcept;

    [[nodiscard]] std::uint16_t count() const noexcept { return count_; }
    /// The element's own fields, unchecked. index < count().
    [[nodiscard]] LeafElementHeader raw(std::size_t index) const noexcept {
        return load<LeafElementHeader>(page_.data() + offset_of(index));
    }
    /// Fails if key and value do not lie in the page behind the elements.
    [[nodiscard]] Checked<LeafElement> element(std::size_t index) const noexcept;

    [[nodiscard]] static constexpr std::size_t offset_of(std::size_t index) noexcept {
        return page_header_bytes + index * element_bytes;
    }

private:
    LeafView(Bytes page, std::uint16_t count) noexcept : page_(page), count_(count) {}

    Bytes page_;
    std::uint16_t count_;
};

/// A meta page.
class MetaView {
public:
    /// Fails on fewer than 80 bytes.
    static Checked<MetaView> of(Bytes page) noexcept;

    [[nodiscard]] const MetaFields& fields() const noexcept { return fields_; }
    /// The checksum that the content should carry.
    [[nodiscard]] std::uint64_t expected_checksum() const noexcept { return expected_checksum_; }
    /// bbolt's Meta.Validate: magic, version, checksum, in this order.
    [[nodiscard]] std::optional<Fault> validate() const noexcept;

private:
    MetaView(MetaFields fields, std::uint64_t checksum) noexcept
        : fields_(fields), expected_checksum_(checksum) {}

    MetaFields fields_;
    std::uint64_t expected_checksum_;
};

/// A freelist page's ids.
class FreelistView {
public:
    /// Fails if the ids do not fit the page (freelist_count). The page's type
    /// is the caller's to judge.
    static Checked<FreelistView> of(Bytes page) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The id at `index` < count().
    [[nodiscard]] PageId id(std::uint64_t index) const noexcept {
        return PageId{load<std::uint64_t>(page_.data() + first_ + index * 8)};
    }

private:
    FreelistView(Bytes page, std::size_t first, std::uint64_t count) noexcept
        : page_(page), first_(first), count_(count) {}

    Bytes page_;
    std::size_t first_;
    std::uint64_t count_;
};

/// A bucket's value: header, and the page image of an inline bucket.
class BucketView {
public:
    /// Fails on a value too short for the header (bucket_value_malformed) or,
    /// when inline, for a page header (inline_bucket_malformed).
    static Checked<BucketView> of(std::string_view value) noexcept;

    [[nodiscard]] PageId root() const noexcept { return PageId{header_.root}; }
    [[nodiscard]] std::uint64_t sequence() const noexcept { return header_.sequence; }
    [[nodiscard]] bool is_inline() const noexcept { return header_.root == 0; }
    /// The leaf page image of an inline bucket; empty otherwise.
    [[nodiscard]] Bytes inline_page() const noexcept { return inline_page_; }

private:
    BucketView(BucketHeader header, Bytes inline_page) noexcept
        : header_(header), inline_page_(inline_page) {}

    BucketHeader header_;
    Bytes inline_page_;
};

/// Of an element that does not lie in its page: its start or an end is wrong.
[[nodiscard]] inline Fault fault_at(std::size_t index, std::uint64_t offset, Subject subject,
                                    std::uint64_t actual, std::uint64_t bound) noexcept {
    return {.code = FindingCode::element_out_of_page,
            .offset = offset,
            .subject = subject,
            .actual = actual,
            .relation = subject == Subject::key_start ? Relation::at_least : Relation::at_most,
            .bound = bound,
            .element = static_cast<std::uint32_t>(index)};
}

/// Of `count` elements that do not fit a page of `page_bytes`.
[[nodiscard]] inline Fault elements_fault(std::size_t count, std::uint64_t page_bytes) noexcept {
    return {.code = FindingCode::element_out_of_page,
            .offset = offsetof(PageHeader, count),
            .subject = Subject::elements_end,
            .actual = LeafView::offset_of(count),
            .relation = Relation::at_most,
            .bound = page_bytes};
}

// Inline: every lookup goes through these two.

inline Checked<BranchElement> BranchView::element(std::size_t index) const noexcept {
    const BranchElementHeader header = raw(index);
    const std::uint64_t begin = offset_of(index) + std::uint64_t{header.pos};
    const std::uint64_t end = begin + header.key_bytes;
    if (end > page_.size()) [[unlikely]]
        return std::unexpected(
            fault_at(index, offset_of(index), Subject::key_end, end, page_.size()));
    if (begin < offset_of(count_)) [[unlikely]]
        return std::unexpected(
            fault_at(index, offset_of(index), Subject::key_start, begin, offset_of(count_)));
    return BranchElement{as_text(page_.subspan(begin, header.key_bytes)), PageId{header.child}};
}

inline Checked<LeafElement> LeafView::element(std::size_t index) const noexcept {
    const LeafElementHeader header = raw(index);
    const std::uint64_t begin = offset_of(index) + std::uint64_t{header.pos};
    const std::uint64_t value = begin + header.key_bytes;
    const std::uint64_t end = value + header.value_bytes;
    if (end > page_.size()) [[unlikely]]
        return std::unexpected(
            fault_at(index, offset_of(index), Subject::value_end, end, page_.size()));
    if (begin < offset_of(count_)) [[unlikely]]
        return std::unexpected(
            fault_at(index, offset_of(index), Subject::key_start, begin, offset_of(count_)));
    return LeafElement{as_text(page_.subspan(begin, header.key_bytes)),
                       as_text(page_.subspan(value, header.value_bytes)), header.flags};
}

} // namespace rebolt::format
