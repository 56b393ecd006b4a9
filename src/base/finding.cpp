#include <rebolt/finding.hpp>

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace rebolt {
namespace {

constexpr std::string_view salvage_it = "rebolt recover writes what is left into a new file";
constexpr std::string_view nothing_to_do = "none needed";

struct Row {
    FindingCode code;
    FindingText text;
};

using enum FindingCode;
using enum Severity;

// One row a code, in the enum's order (a static_assert holds it to that).
constexpr std::array<Row, finding_code_count> table{{
    {file_empty,
     {"file-empty", fatal, "the file has no bytes", "bbolt writes a new, empty database into it",
      "restore a copy if there should be data"}},
    {file_truncated,
     {"file-truncated", fatal, "the file ends before pages that belong to the database",
      "bbolt panics or is killed by SIGBUS when it reaches a missing page; a file of less than two "
      "pages it refuses: file size too small",
      salvage_it}},
    {file_oversized,
     {"file-oversized", note, "the file is far longer than the database in it",
      "bbolt maps the whole length: it may refuse to open the file (mmap too large)",
      "rebolt compact writes the data into a new, short file"}},
    {not_a_bolt_file,
     {"not-a-bolt-file", fatal, "nothing in the file looks like a bbolt database",
      "bbolt refuses it: invalid database", "check the path; no bbolt program wrote this file"}},
    {foreign_byte_order,
     {"foreign-byte-order", fatal, "the file was written on a big-endian machine",
      "bbolt refuses it on this machine: invalid database",
      "read it on a machine of the byte order that wrote it"}},
    {meta_magic,
     {"meta-magic", Severity::data, "a meta page does not begin with bbolt's magic number",
      "bbolt silently uses the other meta: the newest commit may be missing", salvage_it}},
    {meta_version,
     {"meta-version", Severity::data, "a meta page names an unknown format version",
      "bbolt silently uses the other meta: the newest commit may be missing", salvage_it}},
    {meta_checksum,
     {"meta-checksum", Severity::data, "a meta page's checksum does not match its content",
      "bbolt silently uses the other meta: the newest commit may be missing", salvage_it}},
    {meta_page_size,
     {"meta-page-size", fatal, "a meta names a page size that cannot be",
      "bbolt reads every page at the wrong place", salvage_it}},
    {meta_without_checksum,
     {"meta-without-checksum", fatal, "a meta page has no checksum",
      "bbolt up to 1.3.6 uses such a meta, newer ones do not: without another one they refuse "
      "the file (checksum error)",
      "rebolt repair writes the checksum"}},
    {both_metas_invalid,
     {"both-metas-invalid", fatal, "neither meta page can be used",
      "bbolt refuses the file: invalid database, version mismatch or checksum error", salvage_it}},
    {meta_root_out_of_range,
     {"meta-root-out-of-range", fatal, "the root page lies outside the database",
      "bbolt crashes on the first access", salvage_it}},
    {meta_freelist_out_of_range,
     {"meta-freelist-out-of-range", fatal, "the freelist page lies outside the database",
      "bbolt crashes when it opens the file for writing", salvage_it}},
    {meta_hwm_beyond_file,
     {"meta-hwm-beyond-file", fatal, "the high water mark lies beyond the end of the file",
      "bbolt maps past the end and dies with SIGBUS when it uses such a page", salvage_it}},
    {page_unreadable,
     {"page-unreadable", fatal, "the disk cannot read the page",
      "bbolt dies with SIGBUS when it reaches the page",
      "look at the disk (dmesg, smartctl); rebolt recover writes what is left into a new file"}},
    {page_zeroed,
     {"page-zeroed", fatal, "the page holds only zeros",
      "bbolt 1.3.7 and later panic when they reach the page; older ones panic, crash or run out of "
      "memory",
      salvage_it}},
    {page_id_mismatch,
     {"page-id-mismatch", fatal, "the page carries another page's number",
      "bbolt 1.3.7 and later panic when they reach it; older ones return wrong data", salvage_it}},
    {page_type_invalid,
     {"page-type-invalid", fatal, "the page is of a type that cannot be there",
      "bbolt panics (invalid page type), or reads it as a branch and crashes or loops",
      salvage_it}},
    {page_out_of_range,
     {"page-out-of-range", fatal, "a child page id lies outside the database",
      "bbolt crashes when it follows the id", salvage_it}},
    {page_overflow_out_of_range,
     {"page-overflow-out-of-range", fatal, "the page's overflow runs past the database's end",
      "bbolt reads past the end and may crash", salvage_it}},
    {page_cycle,
     {"page-cycle", fatal, "a page leads back to itself or to a page above it",
      "bbolt loops forever and exhausts memory", salvage_it}},
    {page_shared,
     {"page-shared", fatal, "two places of the tree lead to the same page",
      "bbolt shows the data twice, and a write through one place destroys the other; many such "
      "pages make it run without end",
      salvage_it}},
    {page_reachable_but_free,
     {"page-reachable-but-free", fatal, "a page in use is also listed as free",
      "the next write of bbolt overwrites live data",
      "do not start the service on this file: put a copy back first"}},
    {page_leaked,
     {"page-leaked", space, "pages that are neither in use nor free", "bbolt never uses them again",
      nothing_to_do}},
    {pages_unreachable,
     {"pages-unreachable", Severity::data,
      "pages that are in use cannot be reached: a write of a root or branch was lost",
      "bbolt does not notice: keys are missing, and older ones may be there again", salvage_it}},
    {tree_too_deep,
     {"tree-too-deep", fatal, "the tree is nested deeper than any sound database",
      "bbolt may run out of memory", salvage_it}},
    {branch_empty,
     {"branch-empty", fatal, "a branch page has no elements", "bbolt panics when it reaches it",
      salvage_it}},
    {element_out_of_page,
     {"element-out-of-page", fatal, "an element points outside its page",
      "bbolt crashes or returns bytes of other pages", salvage_it}},
    {element_overlap,
     {"element-overlap", Severity::data, "two elements of a page claim the same bytes",
      "bbolt returns wrong keys or values without noticing", salvage_it}},
    {key_empty,
     {"key-empty", Severity::data, "a key has no bytes",
      "bbolt cannot look the entry up or delete it", salvage_it}},
    {key_too_large,
     {"key-too-large", Severity::data, "a key is longer than 32768 bytes",
      "bbolt cannot write such a key back", salvage_it}},
    {key_order,
     {"key-order", Severity::data, "keys do not ascend inside a page",
      "bbolt's searches miss keys that are there", salvage_it}},
    {key_outside_parent_range,
     {"key-outside-parent-range", Severity::data,
      "a key does not lie in the range that its parent gives the page",
      "bbolt's searches miss keys that are there", salvage_it}},
    {plain_key_among_buckets,
     {"plain-key-among-buckets", fatal, "there is a plain key where only buckets may be",
      "bbolt hands a nil bucket to whoever goes through the buckets: the service panics",
      salvage_it}},
    {bucket_value_malformed,
     {"bucket-value-malformed", fatal, "a bucket's value is too short to be one",
      "bbolt crashes when it opens the bucket", salvage_it}},
    {bucket_root_out_of_range,
     {"bucket-root-out-of-range", fatal, "a bucket's root page lies outside the database",
      "bbolt crashes when it uses the bucket", salvage_it}},
    {inline_bucket_malformed,
     {"inline-bucket-malformed", fatal, "an inline bucket's page image is not a sound leaf",
      "bbolt crashes or returns wrong data when it uses the bucket", salvage_it}},
    {freelist_type,
     {"freelist-type", fatal, "the page that should hold the freelist is of another type",
      "bbolt panics when it opens the file for writing", salvage_it}},
    {freelist_count,
     {"freelist-count", fatal, "the freelist claims more ids than fit its page",
      "bbolt crashes when it opens the file for writing", salvage_it}},
    {freelist_out_of_range,
     {"freelist-out-of-range", fatal, "the freelist names a page that cannot be free",
      "bbolt panics when a write takes that page: invalid page allocation, or a page above the "
      "high water mark",
      salvage_it}},
    {freelist_duplicate,
     {"freelist-duplicate", fatal, "the freelist names a page twice",
      "bbolt gives the page to two owners: the second overwrites the first", salvage_it}},
    {freelist_unsorted,
     {"freelist-unsorted", Severity::data, "the freelist's ids do not ascend",
      "bbolt may give out pages wrongly", salvage_it}},
    {freelist_incomplete,
     {"freelist-incomplete", Severity::data,
      "the freelist is not this transaction's: it does not list what this one freed",
      "bbolt does not notice: it never uses the pages that are missing again",
      "rebolt repair writes a new freelist"}},
    {layout_not_canonical,
     {"layout-not-canonical", Severity::data,
      "the page is not laid out as bbolt writes it: it was torn, is stale or was edited",
      "bbolt does not notice: keys may be missing or values wrong", salvage_it}},
    {value_malformed,
     {"value-malformed", Severity::data, "a value is not what the file's owner writes",
      "bbolt does not notice; the service fails on the value", salvage_it}},
    {value_form_unknown,
     {"value-form-unknown", note, "values are of a form that is not known",
      "none: a newer release of the program may have written them", nothing_to_do}},
}};

constexpr bool in_enum_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].code) != i)
            return false;
    return true;
}
static_assert(in_enum_order());

// A long way is shown by its ends.
constexpr std::size_t path_ends_shown = 6;

std::string path_text(const std::vector<PageId>& path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.size() > 2 * path_ends_shown + 1 && i == path_ends_shown) {
            i = path.size() - path_ends_shown;
            fmt::format_to(std::back_inserter(text), " > … {} pages …",
                           path.size() - 2 * path_ends_shown);
        }
        fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : " > ", number(path[i]));
    }
    return text;
}

} // namespace

const FindingText& text_of(FindingCode code) noexcept {
    return table[static_cast<std::size_t>(code)].text;
}

std::optional<FindingCode> finding_code(std::string_view name) noexcept {
    const auto* row =
        std::ranges::find_if(table, [&](const Row& r) { return r.text.name == name; });
    if (row == table.end())
        return std::nullopt;
    return row->code;
}

std::string_view name_of(Severity severity) noexcept {
    switch (severity) {
    case Severity::note:
        return "note";
    case Severity::space:
        return "space";
    case Severity::data:
        return "data";
    case Severity::fatal:
        return "fatal";
    }
    return "unknown";
}

std::string printable(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\')
            text += "\\\\";
        else if (byte >= 0x20 && byte < 0x7f)
            text += c;
        else
            fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte);
    }
    return text;
}

std::string to_text(const Place& place) {
    std::string text;
    const auto separate = [&text] {
        if (!text.empty())
            text += ", ";
    };
    if (place.page)
        fmt::format_to(std::back_inserter(text), "page {}", number(*place.page));
    if (place.offset)
        fmt::format_to(std::back_inserter(text), "{}offset {}", text.empty() ? "" : ", ",
                       *place.offset);
    if (place.path.size() > 1) {
        separate();
        text += "path " + path_text(place.path);
    }
    if (!place.bucket.empty()) {
        separate();
        text += "bucket ";
        for (std::size_t i = 0; i < place.bucket.size(); ++i)
            fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : " / ",
                           printable(place.bucket[i]));
    }
    return text;
}

} // namespace rebolt
