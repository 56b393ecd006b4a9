// Writes, side by side with bbolt (through Go) and LMDB: see scripts/bench.
//
//   rebolt_write_bench FOLDER PEER [WORKLOAD COUNT VALUE_BYTES]
//
// The workloads are bboltpeer's (timewrite.go): the same keys in the same
// order, so many to a transaction.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "lmdb_peer.hpp"
#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr unsigned runs = 3;
constexpr std::uint64_t batch_count = 1000;
constexpr std::uint64_t all = ~std::uint64_t{0};

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().to_text());
        std::exit(8);
    }
    return std::move(*result);
}

void must(Result<void> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().to_text());
        std::exit(8);
    }
}

std::string ordered_key(std::uint64_t index) {
    return fmt::format("{:016}", index);
}

std::string scattered_key(std::uint64_t index) {
    return ordered_key(splitmix64(index) % 10'000'000'000'000'000);
}

/// A workload's file, keys and values.
struct Writer {
    DB db;
    std::uint64_t count;
    std::string value;

    // Calls change(bucket, index) for each index, `batch` of them a transaction.
    template <class Change>
    void batches(std::uint64_t first, std::uint64_t number_of, std::uint64_t batch, double fill,
                 Change change) const {
        const std::uint64_t end = first + number_of;
        for (std::uint64_t begin = first; begin < end; begin += std::min(batch, number_of))
            must(db.update([&](Tx& tx) -> Result<void> {
                Bucket bucket = must(tx.create_bucket_if_missing("bench"));
                must(bucket.set_fill_percent(fill));
                for (std::uint64_t i = begin; i < end && i - begin < batch; ++i)
                    change(bucket, i);
                return {};
            }));
    }
    template <class Key>
    void put(Key key, std::uint64_t first, std::uint64_t number_of, std::uint64_t batch,
             double fill) const {
        batches(first, number_of, batch, fill,
                [&](Bucket& bucket, std::uint64_t i) { must(bucket.put(key(i), value)); });
    }
};

void fill(const Writer& writer) {
    writer.put(scattered_key, 0, writer.count, batch_count, 0.5);
}

void delete_half(const Writer& writer) {
    writer.batches(0, writer.count / 2, batch_count, 0.5, [](Bucket& bucket, std::uint64_t i) {
        must(bucket.erase(scattered_key(i * 2)));
    });
}

// Of four operations two put, one deletes and one gets.
void mixed(const Writer& writer) {
    writer.batches(0, writer.count, batch_count, 0.5, [&](Bucket& bucket, std::uint64_t i) {
        const std::uint64_t index = splitmix64(i) % writer.count;
        if (i % 4 == 0)
            must(bucket.put(scattered_key(index), writer.value));
        else if (i % 4 == 1)
            must(bucket.put(scattered_key(writer.count + i), writer.value));
        else if (i % 4 == 2)
            must(bucket.erase(scattered_key(index)));
        else if (const auto value = must(bucket.get(scattered_key(index))))
            use(static_cast<std::uint64_t>(value->front()));
    });
}

void make_free_pages(const Writer& writer) {
    constexpr std::uint64_t pages_per_value = 256;
    const std::string large(pages_per_value * 4096 - 100, '\0');
    writer.batches(
        0, writer.count / pages_per_value, 64, 0.5,
        [&](Bucket& bucket, std::uint64_t i) { must(bucket.put(ordered_key(i), large)); });
    must(writer.db.update([](Tx& tx) { return tx.delete_bucket("bench"); }));
    writer.put(ordered_key, 0, 1, 1, 0.5);
}

struct Workload {
    bool is_synced = false;
    void (*prepare)(const Writer&) = [](const Writer&) {};
    void (*run)(const Writer&) = nullptr;
};

const std::map<std::string, Workload> workloads = {
    {"sequential",
     {.run = [](const Writer& w) { w.put(ordered_key, 0, w.count, batch_count, 0.5); }}},
    {"random",
     {.run = [](const Writer& w) { w.put(scattered_key, 0, w.count, batch_count, 0.5); }}},
    {"load", {.run = [](const Writer& w) { w.put(ordered_key, 0, w.count, all, 0.9); }}},
    {"delete", {.prepare = fill, .run = delete_half}},
    {"mixed", {.prepare = fill, .run = mixed}},
    {"synced",
     {.is_synced = true,
      .prepare = [](const Writer& w) { w.put(scattered_key, 0, 1000, 1000, 0.5); },
      .run = [](const Writer& w) { w.put(scattered_key, 1000, w.count, 1, 0.5); }}},
    {"freelist",
     {.prepare = make_free_pages,
      .run = [](const Writer& w) { w.put(ordered_key, 0, 20, 1, 0.5); }}},
};

double time_once(const Workload& workload, const std::string& path, std::uint64_t count,
                 std::size_t value_bytes) {
    std::filesystem::remove(path);
    const Writer writer{
        must(DB::open(path, {.no_sync = !workload.is_synced, .no_grow_sync = !workload.is_synced})),
        count, std::string(value_bytes, 'v')};
    workload.prepare(writer);
    const double seconds = median_seconds(1, [&] { workload.run(writer); });
    std::filesystem::remove(path);
    return seconds;
}

// What a commit cannot do without: two writes, each synced.
double floor_of_syncs(const std::string& path, std::uint64_t count) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    const auto write = [&](off_t offset) {
        if (::pwrite(descriptor, page.data(), page.size(), offset) < 0 ||
            ::fdatasync(descriptor) != 0)
            std::exit(8);
    };
    for (off_t at = 0; at < 64; ++at)
        write(at * 4096);
    const double seconds = median_seconds(1, [&] {
        for (std::uint64_t i = 0; i < count; ++i) {
            write(static_cast<off_t>(2 + i % 60) * 4096);
            write(static_cast<off_t>(i % 2) * 4096);
        }
    });
    ::close(descriptor);
    std::filesystem::remove(path);
    return seconds;
}

void row(const std::string& what, double ours, const char* peer, double theirs) {
    fmt::print("| {:<34} | {:>10.2f} | {:<16} | {:>10.2f} | {:>7.2f} |\n", what, ours * 1000, peer,
               theirs * 1000, theirs / ours);
    std::fflush(stdout);
}

double lmdb_seconds(const std::string& folder, const std::string& name, std::uint64_t count,
                    std::size_t value_bytes) {
    std::vector<std::string> keys;
    for (std::uint64_t i = 0; i < count; ++i)
        keys.push_back(name == "random" ? scattered_key(i) : ordered_key(i));
    return median_seconds_of(runs, [&] {
        return LmdbPeer::put_seconds(folder + "/write.lmdb", keys, std::string(value_bytes, 'v'),
                                     name == "load" ? all : batch_count);
    });
}

void bench(const std::string& folder, const std::string& peer, const std::string& name,
           std::uint64_t count, std::size_t value_bytes) {
    const Workload& workload = workloads.at(name);
    const double ours = median_seconds_of(
        runs, [&] { return time_once(workload, folder + "/write.db", count, value_bytes); });
    const std::string what = fmt::format("{}, {} × {} bytes", name, count, value_bytes);
    row(what, ours, "bbolt",
        peer_seconds(fmt::format("{} time-write {} {} {} {} {}", peer, name, folder, count,
                                 value_bytes, runs)));
    if (name == "sequential" || name == "random" || name == "load")
        row(what, ours, "LMDB", lmdb_seconds(folder, name, count, value_bytes));
    if (name == "synced")
        row(what, ours, "two fdatasyncs",
            median_seconds_of(runs, [&] { return floor_of_syncs(folder + "/floor", count); }));
}

} // namespace
} // namespace rebolt::bench

int main(int argc, char** argv) {
    using namespace rebolt::bench; // NOLINT
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() != 2 && arguments.size() != 5) {
        fmt::print(stderr, "usage: see the top of bench/write_bench.cpp; scripts/bench runs it\n");
        return 16;
    }
    const std::string& folder = arguments[0];
    const std::string& peer = arguments[1];
    fmt::print(
        "\n### Writes\n\n| workload, keys × value size | rebolt ms | peer | peer ms | faster "
        "|\n|---|---:|---|---:|---:|\n");
    if (arguments.size() == 5) {
        bench(folder, peer, arguments[2], std::stoull(arguments[3]), std::stoull(arguments[4]));
        return 0;
    }
    for (const auto& [count, value_bytes] : {std::pair{200'000U, 100U}, {40'000U, 4096U}})
        for (const char* name : {"sequential", "random", "load", "delete", "mixed"})
            bench(folder, peer, name, count, value_bytes);
    bench(folder, peer, "load", 1'000'000, 100);
    bench(folder, peer, "synced", 300, 100);
    bench(folder, peer, "freelist", 1'000'000, 100);
    return 0;
}
