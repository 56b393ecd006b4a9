#include "agreement.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>

#include "support/patched_file.hpp"

namespace rebolt::fuzz {
namespace {

// Stops the fuzzer: a promise was broken.
void require(bool holds, const char* promise) {
    if (holds)
        return;
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

template <class T>
T sound(Result<T> result, const char* promise) {
    if (!result)
        std::fprintf(stderr, "%s\n", result.error().to_text().c_str());
    require(result.has_value(), promise);
    return std::move(*result);
}

std::vector<Entry> forwards(const Bucket& bucket) {
    std::vector<Entry> entries;
    Cursor cursor = bucket.cursor();
    for (auto entry = sound(cursor.first(), "first() on a clean file"); entry;
         entry = sound(cursor.next(), "next() on a clean file"))
        entries.push_back(*entry);
    return entries;
}

void require_backwards(const Bucket& bucket, const std::vector<Entry>& entries) {
    Cursor cursor = bucket.cursor();
    auto entry = sound(cursor.last(), "last() on a clean file");
    for (auto expected = entries.rbegin(); expected != entries.rend(); ++expected) {
        require(entry && entry->key == expected->key && entry->value == expected->value,
                "backwards is forwards reversed");
        entry = sound(cursor.prev(), "prev() on a clean file");
    }
    require(!entry, "backwards ends where forwards began");
}

void require_found(const Bucket& bucket, const Entry& entry) {
    const auto value = sound(bucket.get(entry.key), "get() on a clean file");
    require(value.has_value() != entry.is_bucket && (!value || *value == entry.value),
            "get() finds what the cursor showed");
    Cursor cursor = bucket.cursor();
    const auto exact = sound(cursor.seek(entry.key), "seek() on a clean file");
    require(exact && exact->key == entry.key, "seek() finds what the cursor showed");
}

// A key right behind another: seek() must go to the one after.
void require_sought(const Bucket& bucket, const std::vector<Entry>& entries, std::size_t index) {
    const std::string behind = std::string(entries[index].key) + '\0';
    Cursor cursor = bucket.cursor();
    const auto found = sound(cursor.seek(behind), "seek() on a clean file");
    if (index + 1 < entries.size())
        require(found && found->key == entries[index + 1].key, "seek() finds the next key");
    else
        require(!found, "seek() finds nothing behind the last key");
}

struct Totals {
    std::uint64_t keys = 0;
    std::uint64_t buckets = 0;
};

// In a clean file no bucket leads back: all of them can be kept.
Totals read_all(const Bucket& root) {
    Totals totals;
    std::vector<Bucket> buckets{root};
    while (!buckets.empty()) {
        const Bucket bucket = std::move(buckets.back());
        buckets.pop_back();
        const std::vector<Entry> entries = forwards(bucket);
        require_backwards(bucket, entries);
        totals.keys += entries.size();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            require_found(bucket, entries[i]);
            require_sought(bucket, entries, i);
            if (!entries[i].is_bucket)
                continue;
            ++totals.buckets;
            buckets.push_back(sound(bucket.bucket(entries[i].key), "bucket() on a clean file"));
        }
    }
    return totals;
}

} // namespace

void judge_agreement(Input input) {
    const auto bytes = std::as_bytes(input);
    test::PatchedFile file(std::vector<std::byte>(bytes.begin(), bytes.end()));
    const std::string path = file.path();
    const auto source = sound(PageSource::open(path), "any file opens as pages");
    const CheckReport report = sound(check(source), "the check always ends with a report");
    if (report.verdict != Verdict::clean)
        return;
    const DB db = sound(DB::open(path), "a clean file opens");
    const Tx tx = sound(db.begin(), "a clean file can be read");
    static_cast<void>(sound(db.stats(), "a clean file has statistics"));
    static_cast<void>(sound(tx.root().stats(), "a clean file's buckets have statistics"));
    require(!report.trees.empty() && report.trees.front().transaction == tx.id(),
            "check and engine choose the same meta");
    const Totals totals = read_all(tx.root());
    require(report.trees.front().key_count == totals.keys, "check and engine count the same keys");
    require(report.trees.front().bucket_count == totals.buckets,
            "check and engine count the same buckets");
}

} // namespace rebolt::fuzz
