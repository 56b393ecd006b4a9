// Random transactions of many threads, each compared with what a plain map held
// in the state it reads (bbolt: simulation_test.go).
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/rebolt.hpp>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "threads.hpp"

namespace rebolt::test {
namespace {

// Names of buckets in each other, then a key.
using Path = std::vector<std::string>;
// Paths and values are made of seeds: what stands where.
using Model = std::map<std::uint64_t, std::uint64_t>;

std::string noise(std::uint64_t seed, std::size_t size_max) {
    Random random(seed);
    std::string bytes(1 + random.below(size_max), '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random.next());
    return bytes;
}

std::string value_of(std::uint64_t seed) {
    return noise(seed, 8192);
}

// Few buckets, one or two in each other, and many keys, some of them long.
Path path_of(std::uint64_t seed) {
    Random random(seed);
    Path path{fmt::format("bucket {}", random.below(10))};
    if (random.below(2) == 0)
        path.push_back(fmt::format("inside {}", random.below(10)));
    path.push_back(fmt::format("{:016x}", seed) + noise(random.next(), 1000));
    return path;
}

// What was committed, by transaction.
class Versions {
public:
    explicit Versions(TxId first) { models_[first] = std::make_shared<const Model>(); }

    [[nodiscard]] std::shared_ptr<const Model> at(TxId id) {
        const std::scoped_lock lock(mutex_);
        return models_.at(id);
    }
    /// Before the commit: a reader may begin at once after it.
    void add(TxId id, Model model) {
        auto shared = std::make_shared<const Model>(std::move(model));
        const std::scoped_lock lock(mutex_);
        models_[id] = std::move(shared);
    }
    [[nodiscard]] std::shared_ptr<const Model> newest() const { return models_.rbegin()->second; }

private:
    std::mutex mutex_;
    std::map<TxId, std::shared_ptr<const Model>> models_;
};

std::string read(const Tx& tx, std::uint64_t path_seed) {
    const Path path = path_of(path_seed);
    Bucket bucket = must(tx.bucket(path[0]));
    for (std::size_t i = 1; i + 1 < path.size(); ++i)
        bucket = must(bucket.bucket(path[i]));
    const auto value = must(bucket.get(path.back()));
    return value ? std::string(*value) : "none";
}

// Some keys, each of them twice: what a transaction reads does not change.
void compare_some(const Tx& tx, const Model& model, Random& random) {
    for (int i = 0; i < 3 && !model.empty(); ++i) {
        auto chosen = model.lower_bound(random.next());
        if (chosen == model.end())
            chosen = model.begin();
        const std::string expected = value_of(chosen->second);
        EXPECT_TRUE(read(tx, chosen->first) == expected);
        EXPECT_TRUE(read(tx, chosen->first) == expected);
    }
}

void put_one(Tx& tx, Model& model, Random& random) {
    const std::uint64_t seed = random.next();
    const Path path = path_of(seed);
    const std::uint64_t value_seed = random.next();
    Bucket bucket = must(tx.create_bucket_if_missing(path[0]));
    for (std::size_t i = 1; i + 1 < path.size(); ++i)
        bucket = must(bucket.create_bucket_if_missing(path[i]));
    must(bucket.put(path.back(), value_of(value_seed)));
    model[seed] = value_seed;
}

// One in five writes, and half of those change nothing.
void run_transaction(const DB& db, Versions& versions, Random& random) {
    if (random.below(5) != 0) {
        const Tx tx = must(db.begin());
        return compare_some(tx, *versions.at(tx.id()), random);
    }
    Tx tx = must(db.begin(Access::write));
    Model model = *versions.at(TxId{number(tx.id()) - 1});
    if (random.below(2) == 0)
        put_one(tx, model, random);
    else
        compare_some(tx, model, random);
    versions.add(tx.id(), std::move(model));
    must(tx.commit());
}

struct Size {
    unsigned transactions;
    unsigned threads;
};

void simulate(const Size& size, OpenOptions options) {
    const TemporaryFolder folder;
    options.no_sync = true;
    {
        const DB db = must(DB::open(folder.path("test.db"), options));
        Versions versions(must(db.begin()).id());
        run_threads(size.threads, [&](unsigned thread) {
            Random random(size.transactions * 1000 + thread);
            for (unsigned i = thread; i < size.transactions; i += size.threads)
                run_transaction(db, versions, random);
        });
        const Tx tx = must(db.begin());
        for (const auto& [path, value] : *versions.newest())
            EXPECT_TRUE(read(tx, path) == value_of(value));
    }
    expect_clean(folder.path("test.db"));
}

void simulate_each(const std::vector<Size>& sizes, const OpenOptions& options) {
    for (const Size& size : sizes) {
        SCOPED_TRACE(fmt::format("{} transactions, {} threads", size.transactions, size.threads));
        simulate(size, options);
    }
}

// As bbolt's tests are named.
const std::vector<Size> small_sizes = {{1, 1},    {10, 1},    {100, 1},   {1000, 1},  {10, 10},
                                       {100, 10}, {1000, 10}, {100, 100}, {1000, 100}};
const std::vector<Size> large_sizes = {{10'000, 1}, {10'000, 10}, {10'000, 100}, {10'000, 1000}};

TEST(Simulation, EveryTransactionReadsItsOwnState) {
    simulate_each(small_sizes, {});
}

TEST(Simulation, OfManyTransactionsInUpToAThousandThreads) {
    simulate_each(large_sizes, {});
}

TEST(Simulation, WithoutAStoredFreelist) {
    simulate_each(small_sizes, {.no_freelist_sync = true});
}

TEST(Simulation, OfManyTransactionsWithoutAStoredFreelist) {
    simulate_each(large_sizes, {.no_freelist_sync = true});
}

TEST(Simulation, WithTheOtherFreelist) {
    simulate_each(small_sizes, {.freelist_type = FreelistType::hashmap});
    simulate({1000, 10}, {.no_freelist_sync = true, .freelist_type = FreelistType::hashmap});
}

} // namespace
} // namespace rebolt::test
