#include "properties.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

namespace rebolt::test {
namespace {

constexpr std::size_t buckets_read_max = 200;

class Reader {
public:
    explicit Reader(const Tx& tx) : tx_(tx) {}

    Reading run() {
        buckets_.push_back(tx_.root());
        // Shared pages may make a small file show very many buckets.
        for (std::size_t i = 0; i < buckets_.size() && i < buckets_read_max; ++i) {
            const Bucket bucket = buckets_[i];
            keys_.clear();
            forwards(bucket);
            backwards(bucket);
            look_up(bucket);
            note(bucket.stats());
        }
        return std::move(reading_);
    }

private:
    template <class T>
    bool note(const Result<T>& result) {
        if (result)
            return true;
        if (reading_.sound)
            reading_.first_error = result.error().to_text();
        reading_.sound = false;
        EXPECT_TRUE(result.error().code() == ErrorCode::damaged) << result.error().to_text();
        return false;
    }

    [[nodiscard]] std::uint64_t pages() const { return tx_.meta().high_water_mark; }

    void forwards(const Bucket& bucket) {
        Cursor cursor = bucket.cursor();
        std::string previous;
        for (auto entry = cursor.first(); note(entry) && entry->has_value();
             entry = cursor.next()) {
            EXPECT_LE(cursor.pages_entered(), pages());
            ++reading_.entries;
            const std::string key((*entry)->key);
            if (keys_.size() < 50)
                keys_.push_back(key);
            expect_found(bucket, **entry);
            EXPECT_TRUE(previous.empty() || previous < key);
            previous = key;
            if (!(*entry)->is_bucket || buckets_.size() > buckets_read_max)
                continue;
            if (auto inside = bucket.bucket(key); note_lookup(inside))
                buckets_.push_back(std::move(*inside));
        }
    }

    // What a cursor yields, a search finds: the same value, or the bucket.
    static void expect_found(const Bucket& bucket, const Entry& entry) {
        const auto value = bucket.get(entry.key);
        ASSERT_TRUE(value) << value.error().to_text();
        EXPECT_EQ(value->has_value(), !entry.is_bucket) << printable(entry.key);
        if (*value) {
            EXPECT_EQ(**value, entry.value) << printable(entry.key);
        }
    }

    bool note_lookup(const Result<Bucket>& inside) {
        if (inside)
            return true;
        reading_.sound = false;
        return false;
    }

    void backwards(const Bucket& bucket) {
        Cursor cursor = bucket.cursor();
        for (auto entry = cursor.last(); note(entry) && entry->has_value(); entry = cursor.prev())
            EXPECT_LE(cursor.pages_entered(), pages());
    }

    // And what a search finds, a cursor yields when it is set there.
    static void expect_yielded(const Bucket& bucket, const std::string& key) {
        const auto value = bucket.get(key);
        if (!value || !*value)
            return;
        Cursor cursor = bucket.cursor();
        const auto entry = cursor.seek(key);
        if (!entry) // a page on the way does not fit its place
            return;
        ASSERT_TRUE(entry->has_value());
        EXPECT_EQ((*entry)->key, key);
        EXPECT_EQ((*entry)->value, **value);
    }

    void look_up(const Bucket& bucket) {
        for (const std::string& key : keys_) {
            expect_yielded(bucket, key);
            note(bucket.get(key));
            Cursor cursor = bucket.cursor();
            note(cursor.seek(key));
            note(cursor.next());
            note(cursor.prev());
        }
        const std::string prefix = keys_.empty() ? "" : keys_.front().substr(0, 4);
        note(bucket.for_each_prefix(prefix, [](const Entry&) -> Result<void> { return {}; }));
    }

    const Tx& tx_;
    Reading reading_;
    std::vector<Bucket> buckets_;
    std::vector<std::string> keys_;
};

std::uint64_t sum(const PageCounts& p) {
    return p.meta + p.freelist + p.branch + p.leaf + p.overflow + p.damaged + p.free + p.leaked +
           p.missing;
}

void expect_same(const CheckReport& one, const CheckReport& two) {
    EXPECT_EQ(one.verdict, two.verdict);
    EXPECT_EQ(one.pages, two.pages);
    EXPECT_EQ(one.count_of, two.count_of);
    EXPECT_EQ(one.findings.size(), two.findings.size());
    for (std::size_t i = 0; i < std::min(one.findings.size(), two.findings.size()); ++i) {
        EXPECT_EQ(one.findings[i].code, two.findings[i].code);
        EXPECT_EQ(one.findings[i].place.page, two.findings[i].place.page);
        EXPECT_EQ(one.findings[i].message, two.findings[i].message);
    }
}

} // namespace

Reading read_everything(const std::string& path) {
    const auto db = DB::open(path, {.read_only = true});
    if (!db)
        return {0, false, db.error().to_text()};
    static_cast<void>(db->stats());
    const auto tx = db->begin();
    if (!tx)
        return {0, false, tx.error().to_text()};
    return Reader(*tx).run();
}

CheckReport check_everything(const std::string& path) {
    const auto source = PageSource::open(path);
    EXPECT_TRUE(source) << path;
    CheckOptions serial;
    serial.threads = 1;
    CheckOptions parallel;
    parallel.threads = 2;
    parallel.parallel_pages_min = 0;
    auto one = check(*source, serial);
    const auto two = check(*source, parallel);
    EXPECT_TRUE(one.has_value() && two.has_value());
    expect_same(*one, *two);
    EXPECT_EQ(sum(one->pages), one->pages.total);
    const std::uint64_t pages = source->page_count();
    EXPECT_LE(one->pages_entered, 2 * pages + 2);
    EXPECT_LE(two->pages_entered, 3 * pages + 2);
    return std::move(*one);
}

} // namespace rebolt::test
