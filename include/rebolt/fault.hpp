// Fault: what the bytes of one page say wrongly, in numbers.
//
// Whoever reads a page returns faults; whoever knows the page's place makes a
// Finding or an Error of it. The sentence is made in one place, to_text().
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <rebolt/finding.hpp>
#include <rebolt/id.hpp>

namespace rebolt::format {

/// What a fault is about. It decides the sentence.
enum class Subject : std::uint8_t {
    page_bytes,     ///< the system could not read them
    page_content,   ///< all zero
    page_id,        ///< the page's own number
    page_flags,     ///< the page's type
    sibling_flags,  ///< its type, beside pages of another
    overflow,       ///< how many pages continue this one
    tree_page,      ///< the id of a page that a tree leads to
    bucket_root,    ///< the page id in a bucket's value
    element_count,  ///< of a page
    elements_end,   ///< where the array of elements ends
    key_start,      ///< where an element's key starts
    key_end,        ///< where an element's key ends
    value_end,      ///< where an element's value ends
    content_bytes,  ///< keys and values of a page so far
    key_bytes,      ///< a key's size
    key_order,      ///< a key and the one before it
    key_range,      ///< a key and the range that the parent gives its page
    element_flags,  ///< of a leaf's element
    view_bytes,     ///< bytes where a page was expected
    meta_bytes,     ///< bytes where a meta was expected
    magic,          ///< of a meta
    version,        ///< of a meta
    checksum,       ///< of a meta
    freelist_count, ///< ids in a freelist
    bucket_value,   ///< the size of a bucket's value
    inline_page,    ///< the size of an inline bucket's page
    inline_buckets, ///< buckets inside an inline bucket
};
/// `page-bytes`, `page-content`, `page-id`, …
[[nodiscard]] std::string_view name_of(Subject subject) noexcept;

/// How `actual` should relate to `bound`. Keys relate as numbers do: at_least
/// means that `key` should not sort before `other`.
enum class Relation : std::uint8_t { equal, at_least, at_most, less, more };
/// `equal`, `at-least`, `at-most`, `less`, `more`.
[[nodiscard]] std::string_view name_of(Relation relation) noexcept;

/// Offsets count from the first byte of the page. The keys view the page.
struct Fault {
    static constexpr std::uint32_t no_element = 0xFFFF'FFFF;

    FindingCode code;
    std::uint64_t offset; ///< bytes into the page
    Subject subject;
    std::uint64_t actual = 0;
    Relation relation = Relation::equal;
    std::uint64_t bound = 0;
    std::uint32_t element = no_element; ///< its index
    std::string_view key{};             ///< of key_order and key_range
    std::string_view other{};           ///< the key that it is compared with
};

/// `element 3 ends at byte 4311 of a page of 4096`: all sentences about faults.
[[nodiscard]] std::string to_text(const Fault& fault);

template <class T>
using Checked = std::expected<T, Fault>;

} // namespace rebolt::format
