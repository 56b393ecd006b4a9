// The sentences about faults.
#include <rebolt/fault.hpp>

#include <array>
#include <iterator>

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt::format {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 27> subject_names{
    "page-bytes",  "page-content",  "page-id",       "page-flags",     "sibling-flags",
    "overflow",    "tree-page",     "bucket-root",   "element-count",  "elements-end",
    "key-start",   "key-end",       "value-end",     "content-bytes",  "key-bytes",
    "key-order",   "key-range",     "element-flags", "view-bytes",     "meta-bytes",
    "magic",       "version",       "checksum",      "freelist-count", "bucket-value",
    "inline-page", "inline-buckets"};
static_assert(subject_names.size() == static_cast<std::size_t>(Subject::inline_buckets) + 1);

constexpr std::size_t shown_key_bytes = 64;

std::string shown(std::string_view key) {
    if (key.size() <= shown_key_bytes)
        return fmt::format("\"{}\"", printable(key));
    return fmt::format("\"{}\"…", printable(key.substr(0, shown_key_bytes)));
}

std::string_view words_for(Relation relation) noexcept {
    switch (relation) {
    case Relation::equal:
        return "";
    case Relation::at_least:
        return "at least ";
    case Relation::at_most:
        return "at most ";
    case Relation::less:
        return "less than ";
    case Relation::more:
        return "more than ";
    }
    return "";
}

// `overflow is 7, expected at most 3`.
std::string comparison(std::string_view noun, const Fault& fault) {
    return fmt::format("{} is {}, expected {}{}", noun, fault.actual, words_for(fault.relation),
                       fault.bound);
}

std::string in_hex(std::string_view noun, const Fault& fault) {
    return fmt::format("{} is {:#x}, expected {:#x}", noun, fault.actual, fault.bound);
}

std::string flags_text(const Fault& fault) {
    const PageHeader header{
        .id = 0, .flags = static_cast<std::uint16_t>(fault.actual), .count = 0, .overflow = 0};
    return fmt::format("flags are {:#x} ({}), expected {}", fault.actual, name_of(header.type()),
                       fault.bound == leaf_flag     ? "0x2 (leaf)"
                       : fault.bound == branch_flag ? "0x1 (branch)"
                                                    : "0x1 (branch) or 0x2 (leaf)");
}

std::string key_start_text(const Fault& fault) {
    if (fault.code == FindingCode::element_out_of_page)
        return fmt::format("element {}'s key starts at byte {}, among the elements, which end at "
                           "byte {}",
                           fault.element, fault.actual, fault.bound);
    if (fault.code == FindingCode::element_overlap)
        return fmt::format("element {}'s key starts at byte {}, inside the element before, which "
                           "ends at byte {}",
                           fault.element, fault.actual, fault.bound);
    return fmt::format("element {}'s key starts at byte {}, expected byte {}, right after {}",
                       fault.element, fault.actual, fault.bound,
                       fault.element == 0 ? "the elements" : "the element before");
}

std::string key_bytes_text(const Fault& fault) {
    if (fault.actual == 0)
        return fmt::format("element {} has an empty key", fault.element);
    return fmt::format("element {} has a key of {} bytes, expected at most {}", fault.element,
                       fault.actual, fault.bound);
}

std::string key_range_text(const Fault& fault) {
    if (fault.relation == Relation::at_least)
        return fmt::format("key {} sorts before {}, where the parent's range for this page begins",
                           shown(fault.key), shown(fault.other));
    return fmt::format("key {} does not sort before {}, where the parent's range for this page "
                       "ends",
                       shown(fault.key), shown(fault.other));
}

std::string overflow_text(const Fault& fault) {
    if (fault.code == FindingCode::layout_not_canonical)
        return fmt::format("overflow is {}, but the content ends at byte {}", fault.actual,
                           fault.bound);
    return comparison("overflow", fault);
}

std::string element_count_text(const Fault& fault) {
    return fault.code == FindingCode::branch_empty
               ? "the branch has no elements"
               : "the leaf has no elements, which only a root may";
}

struct Sentence {
    Subject subject;
    std::string (*text)(const Fault& fault);
};

// In the order of the subjects.
constexpr Sentence sentences[] = {
    {Subject::page_bytes,
     [](const Fault&) { return std::string("the system could not read the page"); }},
    {Subject::page_content,
     [](const Fault& f) {
         return fmt::format("all {} bytes are zero, expected a branch or leaf", f.bound);
     }},
    {Subject::page_id,
     [](const Fault& f) {
         return fmt::format("the page says that it is page {}, expected {}", f.actual, f.bound);
     }},
    {Subject::page_flags, flags_text},
    {Subject::sibling_flags,
     [](const Fault& f) { return in_hex("the flags of a page beside others", f); }},
    {Subject::overflow, overflow_text},
    {Subject::tree_page, [](const Fault& f) { return comparison("the page's id", f); }},
    {Subject::bucket_root, [](const Fault& f) { return comparison("the bucket's root page", f); }},
    {Subject::element_count, element_count_text},
    {Subject::elements_end,
     [](const Fault& f) {
         return fmt::format("{} elements end at byte {} of a page of {}",
                            (f.actual - page_header_bytes) / element_bytes, f.actual, f.bound);
     }},
    {Subject::key_start, key_start_text},
    {Subject::key_end,
     [](const Fault& f) {
         return fmt::format("element {}'s key ends at byte {} of a page of {}", f.element, f.actual,
                            f.bound);
     }},
    {Subject::value_end,
     [](const Fault& f) {
         return fmt::format("element {} ends at byte {} of a page of {}", f.element, f.actual,
                            f.bound);
     }},
    {Subject::content_bytes,
     [](const Fault& f) { return comparison("the size of keys and values so far", f); }},
    {Subject::key_bytes, key_bytes_text},
    {Subject::key_order,
     [](const Fault& f) {
         return fmt::format("key {} does not sort after the previous key {}", shown(f.key),
                            shown(f.other));
     }},
    {Subject::key_range, key_range_text},
    {Subject::element_flags,
     [](const Fault& f) {
         return fmt::format("element {} has flags {:#x}, expected 0 or 1", f.element, f.actual);
     }},
    {Subject::view_bytes, [](const Fault& f) { return comparison("the page's size", f); }},
    {Subject::meta_bytes, [](const Fault& f) { return comparison("the meta's size", f); }},
    {Subject::magic, [](const Fault& f) { return in_hex("magic", f); }},
    {Subject::version, [](const Fault& f) { return in_hex("version", f); }},
    {Subject::checksum, [](const Fault& f) { return in_hex("checksum", f); }},
    {Subject::freelist_count, [](const Fault& f) { return comparison("the freelist's count", f); }},
    {Subject::bucket_value,
     [](const Fault& f) { return comparison("the size of the bucket's value", f); }},
    {Subject::inline_page,
     [](const Fault& f) { return comparison("the size of the inline bucket's page", f); }},
    {Subject::inline_buckets,
     [](const Fault& f) { return comparison("the number of buckets in an inline bucket", f); }},
};

constexpr bool are_in_order() {
    for (std::size_t i = 0; i < std::size(sentences); ++i)
        if (static_cast<std::size_t>(sentences[i].subject) != i)
            return false;
    return true;
}
static_assert(are_in_order());
static_assert(static_cast<std::size_t>(Subject::inline_buckets) + 1 == std::size(sentences));

} // namespace

std::string_view name_of(Subject subject) noexcept {
    const auto index = static_cast<std::size_t>(subject);
    return index < subject_names.size() ? subject_names[index] : "unknown";
}

std::string_view name_of(Relation relation) noexcept {
    switch (relation) {
    case Relation::equal:
        return "equal";
    case Relation::at_least:
        return "at-least";
    case Relation::at_most:
        return "at-most";
    case Relation::less:
        return "less";
    case Relation::more:
        return "more";
    }
    return "unknown";
}

std::string to_text(const Fault& fault) {
    return sentences[static_cast<std::size_t>(fault.subject)].text(fault);
}

} // namespace rebolt::format
