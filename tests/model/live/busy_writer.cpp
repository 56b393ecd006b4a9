#include "busy_writer.hpp"

#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include <rebolt/bucket.hpp>
#include <rebolt/cursor.hpp>

#include "support/random.hpp"

namespace rebolt::test {
namespace {

constexpr std::array<const char*, 4> buckets{"a", "b", "c", "d"};
constexpr const char* sum_bucket = "sum";

std::uint64_t hash_of(std::string_view bucket, std::string_view key, std::string_view value) {
    std::string all(bucket);
    all.append(key).append("=").append(value);
    return std::hash<std::string>()(all);
}

template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

// Changes the bucket, and what is known of it.
class Changes {
public:
    explicit Changes(std::uint64_t seed) : random_(seed) {}

    Result<void> make(Tx& tx) {
        for (std::uint64_t left = 1 + random_.below(20); left > 0; --left) {
            const std::string bucket = buckets[random_.below(buckets.size())];
            change(must(tx.create_bucket_if_missing(bucket)), bucket);
        }
        must(must(tx.create_bucket_if_missing(sum_bucket)).put("sum", std::to_string(sum_)));
        return {};
    }

private:
    void change(Bucket at, const std::string& bucket) {
        const std::string key = std::to_string(random_.below(400));
        std::string& known = values_[bucket + "/" + key];
        if (!known.empty())
            sum_ ^= hash_of(bucket, key, known);
        if (!known.empty() && random_.below(3) == 0) {
            must(at.erase(key));
            known.clear();
            return;
        }
        known.assign(1 + random_.below(random_.below(40) == 0 ? 9000 : 300),
                     static_cast<char>('a' + random_.below(26)));
        must(at.put(key, known));
        sum_ ^= hash_of(bucket, key, known);
    }

    Random random_;
    std::map<std::string, std::string> values_;
    std::uint64_t sum_ = 0;
};

} // namespace

BusyWriter::BusyWriter(std::string path, std::uint64_t seed, bool stores_freelist)
    : path_(std::move(path)), seed_(seed) {
    OpenOptions options;
    options.no_sync = true;
    options.no_freelist_sync = !stores_freelist;
    DB db = must(DB::open(path_, options));
    must(db.update([](Tx& tx) -> Result<void> {
        must(must(tx.create_bucket(sum_bucket)).put("sum", "0"));
        return {};
    }));
    thread_ = std::jthread([this, db](const std::stop_token& stop) { write(stop, db); });
}

BusyWriter::~BusyWriter() = default;

void BusyWriter::write(const std::stop_token& stop, const DB& db) {
    Changes changes(seed_);
    while (!stop.stop_requested()) {
        must(db.update([&](Tx& tx) { return changes.make(tx); }));
        ++commits_;
    }
}

bool adds_up(const DB& db) {
    const Tx tx = must(db.begin());
    std::uint64_t sum = 0;
    for (const char* name : buckets) {
        const auto bucket = tx.bucket(name);
        if (!bucket)
            continue;
        Cursor cursor = bucket->cursor();
        for (auto entry = must(cursor.first()); entry; entry = must(cursor.next()))
            sum ^= hash_of(name, entry->key, entry->value);
    }
    const auto stored = must(must(tx.bucket(sum_bucket)).get("sum"));
    return stored && *stored == std::to_string(sum);
}

} // namespace rebolt::test
