// Lists 100,000 keys of a bolt store, side by side with libkv through Go:
//   rebolt_store_bench FOLDER LIBKVPEER
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>

#include <fmt/format.h>

#include <rebolt/store.hpp>

#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr unsigned runs = 15;
constexpr std::size_t keys = 100'000;

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().to_text());
        std::exit(8);
    }
    return std::move(*result);
}

// Keys and values as long as dockerd's endpoints, near enough.
void fill(const std::string& path, std::size_t value_bytes) {
    if (std::filesystem::exists(path))
        return;
    std::vector<store::KeyValue> pairs;
    for (std::size_t i = 0; i < keys; ++i)
        pairs.push_back({fmt::format("docker/network/v1.0/endpoint/{:016}/", i),
                         std::string(value_bytes, static_cast<char>('a' + i % 26)), 0});
    const auto store = must(store::open("bolt://" + path + "?bucket=libnetwork"));
    if (!store->put_all(pairs))
        std::exit(8);
}

void list(store::Store& store, std::string_view prefix) {
    const auto pairs = must(store.list(prefix));
    if (pairs.size() != keys)
        std::exit(8);
    use(pairs[keys - 1].last_index);
}

void visit(store::Store& store, std::string_view prefix) {
    std::uint64_t sum = 0;
    const auto done = store.for_each(prefix, [&](const store::PairView& pair) {
        sum += pair.last_index;
        return Result<void>();
    });
    if (!done)
        std::exit(8);
    use(sum);
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cost {
    double wall_ms;
    double cpu_ms;
};

Cost cost_of(const std::function<void()>& work) {
    work();
    const double wall = median_seconds(runs, work);
    const double begin = cpu_seconds();
    for (unsigned i = 0; i < runs; ++i)
        work();
    return {wall * 1000, (cpu_seconds() - begin) * 1000 / runs};
}

void row(const char* what, std::size_t value_bytes, const Cost& ours, const Cost& theirs) {
    fmt::print("| {:<15} | {:>5} | {:>8.2f} | {:>8.2f} | {:>6.2f} | {:>8.2f} | {:>8.2f} | {:>6.2f} "
               "|\n",
               what, value_bytes, ours.wall_ms, theirs.wall_ms, theirs.wall_ms / ours.wall_ms,
               ours.cpu_ms, theirs.cpu_ms, theirs.cpu_ms / ours.cpu_ms);
}

// Freed memory stays with the process, as it does with Go's runtime: else each
// list would get its pages from the system again, and that is what one measured.
void keep_memory() {
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
}

int run(const std::string& folder, const std::string& peer) {
    constexpr std::string_view prefix = "docker/network/v1.0/endpoint/";
    keep_memory();
    fmt::print("\n## Store: a list of 100,000 keys\n\n"
               "| rebolt | value bytes | ms | libkv ms | faster | CPU ms | libkv CPU ms | less |\n"
               "|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (const std::size_t value_bytes : {100, 1000}) {
        const std::string path = fmt::format("{}/store-{}.db", folder, value_bytes);
        fill(path, value_bytes);
        const auto store = must(store::open("bolt://" + path + "?bucket=libnetwork"));
        const auto ask = [&](const char* what) {
            return 1000 * peer_seconds(fmt::format("{} {} {} libnetwork {} {}", peer, what, path,
                                                   prefix, runs));
        };
        const Cost theirs{ask("time-list"), ask("cpu-list")};
        row("Store::for_each", value_bytes, cost_of([&] { visit(*store, prefix); }), theirs);
        row("Store::list", value_bytes, cost_of([&] { list(*store, prefix); }), theirs);
    }
    return 0;
}

} // namespace
} // namespace rebolt::bench

int main(int argc, char** argv) {
    if (argc == 3)
        return rebolt::bench::run(argv[1], argv[2]);
    fmt::print(stderr, "usage: rebolt_store_bench FOLDER LIBKVPEER\n");
    return 16;
}
