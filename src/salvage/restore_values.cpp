#include <rebolt/restore_values.hpp>

#include <optional>
#include <utility>

#include <rebolt/content_sample.hpp>
#include <rebolt/db.hpp>
#include <rebolt/page_source.hpp>

#include "base/try.hpp"

namespace rebolt {
namespace {

constexpr std::size_t depth_max = 64; // of nested buckets

struct KeyPlace {
    std::vector<std::string> bucket;
    std::string key;
};

// All keys whose values their owner's program cannot read.
class FaultyValues {
public:
    FaultyValues(const OwnerRules& owners, Owner owner) : owners_(owners), owner_(owner) {}

    [[nodiscard]] bool is_faulty(const KeyPlace& place, std::string_view value) const {
        const auto fault = owners_.validate(owner_, place.bucket, place.key, value);
        return fault && !fault->is_unknown_form;
    }

    // Buckets are as deep as depth_max allows. NOLINTNEXTLINE(misc-no-recursion)
    Result<void> find_in(const Bucket& bucket, std::vector<std::string>& path,
                         std::vector<KeyPlace>& found) const {
        if (path.size() > depth_max)
            return {};
        return bucket.for_each([&](const Entry& entry) -> Result<void> {
            if (entry.is_bucket) {
                path.emplace_back(entry.key);
                const Bucket inside = TRY(bucket.bucket(entry.key));
                TRY(find_in(inside, path, found));
                path.pop_back();
                return {};
            }
            KeyPlace place{path, std::string(entry.key)};
            if (is_faulty(place, entry.value))
                found.push_back(std::move(place));
            return {};
        });
    }

private:
    const OwnerRules& owners_;
    Owner owner_;
};

Result<Bucket> bucket_at(const Tx& tx, const std::vector<std::string>& path) {
    Bucket bucket = tx.root();
    for (const std::string& name : path)
        bucket = TRY(bucket.bucket(name));
    return bucket;
}

// The value of the first snapshot that has a right one.
std::optional<std::string> value_in(const std::vector<DB>& snapshots, const KeyPlace& place,
                                    const FaultyValues& faulty) {
    for (const DB& snapshot : snapshots) {
        const auto tx = snapshot.begin();
        if (!tx)
            continue;
        const auto bucket = bucket_at(*tx, place.bucket);
        if (!bucket)
            continue;
        const auto value = bucket->get(place.key);
        if (value && *value && !faulty.is_faulty(place, **value))
            return std::string(**value);
    }
    return std::nullopt;
}

} // namespace

Result<RestoredValues> restore_values(const std::string& path,
                                      const std::vector<std::string>& snapshots,
                                      const OwnerRules& owners) {
    RestoredValues counts;
    if (!owners)
        return counts;
    const Owner owner = [&]() -> Owner {
        const auto source = PageSource::open(path);
        return source ? owner_of(*source, owners) : Owner::unknown;
    }();
    if (owner == Owner::unknown)
        return counts;
    const FaultyValues faulty(owners, owner);
    std::vector<DB> open;
    for (const std::string& snapshot : snapshots)
        if (auto db = DB::open(snapshot, {.read_only = true}))
            open.push_back(*std::move(db));
    const DB db = TRY(DB::open(path, {}));
    std::vector<KeyPlace> found;
    auto searched = db.view([&](Tx& tx) -> Result<void> {
        std::vector<std::string> at;
        return faulty.find_in(tx.root(), at, found);
    });
    TRY(std::move(searched));
    std::vector<std::pair<KeyPlace, std::string>> changes;
    for (KeyPlace& place : found) {
        if (auto value = value_in(open, place, faulty))
            changes.emplace_back(std::move(place), *std::move(value));
        else
            ++counts.left;
    }
    counts.restored = changes.size();
    if (changes.empty())
        return counts;
    auto written = db.update([&](Tx& tx) -> Result<void> {
        for (const auto& [place, value] : changes) {
            Bucket bucket = TRY(bucket_at(tx, place.bucket));
            TRY(bucket.put(place.key, value));
        }
        return {};
    });
    TRY(std::move(written));
    return counts;
}

} // namespace rebolt
