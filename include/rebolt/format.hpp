// The bytes of a bbolt file: what each means, and views that check before they
// read. Prose twin: docs/format.md. No I/O and no allocation here.
//
// Structs stand in field order; beside each field: byte offset, unit, legal
// range. All integers are little-endian. A view is the only door to bytes: it
// is made from a span, and every position, size and count in it is compared
// with that span before it is used. A view is valid as long as its span is.
// What a view finds wrong is a `Fault` (fault.hpp). What a sound page is stands
// in page_grammar.hpp.
//
// Start reading: PageHeader, PageView, LeafView.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <rebolt/bytes.hpp>
#include <rebolt/fault.hpp>
#include <rebolt/id.hpp>

namespace rebolt::format {

inline constexpr std::uint32_t magic = 0xED0C'DAED;
inline constexpr std::uint32_t magic_of_foreign_byte_order = 0xEDDA'0CED;
inline constexpr std::uint32_t version = 2;
inline constexpr std::uint32_t page_size_min = 512;
inline constexpr std::uint32_t page_size_max = 65536;
inline constexpr std::size_t file_bytes_min = 4096; ///< bbolt opens no shorter file
inline constexpr std::size_t page_header_bytes = 16;
inline constexpr std::size_t element_bytes = 16;
inline constexpr std::size_t key_bytes_max = 32768;
inline constexpr std::size_t tree_depth_max = 64; ///< two children a page: 2^64 pages
inline constexpr std::size_t bucket_depth_max =
    1024; ///< buckets inside buckets; bbolt has no bound
inline constexpr std::uint16_t freelist_count_in_first_id = 0xFFFF;

inline constexpr std::uint16_t branch_flag = 0x01;
inline constexpr std::uint16_t leaf_flag = 0x02;
inline constexpr std::uint16_t meta_flag = 0x04;
inline constexpr std::uint16_t freelist_flag = 0x10;
inline constexpr std::uint32_t bucket_leaf_flag = 0x01; ///< a leaf element's value is a bucket

enum class PageType : std::uint8_t { branch, leaf, meta, freelist, unknown };

/// `branch`, `leaf`, `meta`, `freelist`, `unknown`.
[[nodiscard]] std::string_view name_of(PageType type) noexcept;

/// First bytes of every page.
struct PageHeader {
    std::uint64_t id;       ///< 0: its own page number; 0 in an inline bucket
    std::uint16_t flags;    ///< 8: exactly one of the four page flags
    std::uint16_t count;    ///< 10: elements; 0xFFFF in a freelist: count is the first id
    std::uint32_t overflow; ///< 12: further pages that continue this one

    [[nodiscard]] PageType type() const noexcept;
};
static_assert(sizeof(PageHeader) == 16 && offsetof(PageHeader, overflow) == 12);

/// Meta content, at byte 16 of pages 0 and 1.
struct MetaFields {
    std::uint32_t magic;           ///< 0: 0xED0CDAED
    std::uint32_t version;         ///< 4: 2
    std::uint32_t page_size;       ///< 8: bytes, a power of two, 512 … 65536
    std::uint32_t flags;           ///< 12: unused
    std::uint64_t root;            ///< 16: page id of the root bucket's root
    std::uint64_t sequence;        ///< 24: sequence of the root bucket
    std::uint64_t freelist;        ///< 32: page id; all ones: none stored
    std::uint64_t high_water_mark; ///< 40: one past the last page ever allocated
    std::uint64_t txid;            ///< 48: the transaction that wrote it
    std::uint64_t checksum;        ///< 56: FNV-1a 64 of the 56 bytes before it
};
static_assert(sizeof(MetaFields) == 64 && offsetof(MetaFields, checksum) == 56);

struct BranchElementHeader {
    std::uint32_t pos;       ///< 0: the key's offset from this element's own first byte
    std::uint32_t key_bytes; ///< 4
    std::uint64_t child;     ///< 8: page id
};
static_assert(sizeof(BranchElementHeader) == element_bytes);

struct LeafElementHeader {
    std::uint32_t flags;       ///< 0: 1 = the value is a bucket
    std::uint32_t pos;         ///< 4: the key's offset from this element's own first byte
    std::uint32_t key_bytes;   ///< 8
    std::uint32_t value_bytes; ///< 12: the value follows the key
};
static_assert(sizeof(LeafElementHeader) == element_bytes);

/// First 16 bytes of a bucket's value. Root 0: inline, a leaf page follows.
struct BucketHeader {
    std::uint64_t root;     ///< 0: page id, or 0
    std::uint64_t sequence; ///< 8
};
static_assert(sizeof(BucketHeader) == 16);

/// A key with its child page. The key views the page's bytes.
struct BranchElement {
    std::string_view key;
    PageId child;
};

/// A key with its value. Both view the page's bytes.
struct LeafElement {
    std::string_view key;
    std::string_view value;
    std::uint32_t flags;

    [[nodiscard]] bool is_bucket() const noexcept { return (flags & bucket_leaf_flag) != 0; }
};

[[nodiscard]] constexpr bool is_page_size(std::uint64_t bytes) noexcept {
    return bytes >= page_size_min && bytes <= page_size_max && (bytes & (bytes - 1)) == 0;
}

/// FNV-1a, 64 bit: the metas' checksum. Cost: O(bytes).
[[nodiscard]] std::uint64_t fnv1a(Bytes bytes) noexcept;

/// True if every byte is zero. Cost: O(bytes).
[[nodiscard]] bool all_zero(Bytes bytes) noexcept;

} // namespace rebolt::format

#include <rebolt/page_view.hpp> // IWYU pragma: export
