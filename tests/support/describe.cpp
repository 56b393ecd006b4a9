#include "support/describe.hpp"

#include <iterator>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::test {
namespace {

constexpr std::size_t whole_value_bytes_max = 64;

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::string stats_text(const BucketStats& s) {
    return fmt::format("[{},{},{},{},{},{},{},{},{},{},{},{},{}]", s.branch_page_count,
                       s.branch_overflow_count, s.leaf_page_count, s.leaf_overflow_count,
                       s.key_count, s.depth, s.branch_alloc_bytes, s.branch_inuse_bytes,
                       s.leaf_alloc_bytes, s.leaf_inuse_bytes, s.bucket_count,
                       s.inline_bucket_count, s.inline_bucket_inuse_bytes);
}

Result<void> describe_bucket(const Bucket& bucket, std::string& text) {
    std::string path;
    for (const std::string& name : bucket.path())
        path += fmt::format("{}\"{}\"", path.empty() ? "" : ",", hex(name));
    const BucketStats stats = TRY(bucket.stats());
    if (!path.empty())
        text += fmt::format("{{\"bucket\":[{}],\"sequence\":{},\"root\":{},\"stats\":{}}}\n", path,
                            bucket.sequence(), number(bucket.root()), stats_text(stats));
    return bucket.for_each([&](const Entry& entry) -> Result<void> {
        if (entry.is_bucket)
            return describe_bucket(TRY(bucket.bucket(entry.key)), text);
        text += fmt::format("{{\"key\":\"{}\",\"value\":{}}}\n", hex(entry.key),
                            describe_value(entry.value));
        return {};
    });
}

} // namespace

std::string describe_value(std::string_view value) {
    if (value.size() <= whole_value_bytes_max)
        return fmt::format("\"{}\"", hex(value));
    return fmt::format("\"#{:016x}:{}\"", format::fnv1a(as_bytes(value)), value.size());
}

Result<std::string> describe(const DB& db) {
    const DatabaseStats stats = TRY(db.stats());
    const Tx tx = TRY(db.begin());
    std::string text =
        fmt::format("{{\"page_size\":{},\"high_water_mark\":{},\"txid\":{},\"free_pages\":{},"
                    "\"freelist_inuse\":{}}}\n",
                    stats.page_size_bytes, stats.high_water_mark, number(tx.id()),
                    stats.free_page_count + stats.pending_page_count, stats.freelist_inuse_bytes);
    TRY(describe_bucket(tx.root(), text));
    return text;
}

} // namespace rebolt::test
