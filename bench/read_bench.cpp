// Reads, side by side with bbolt (through Go) and LMDB: see scripts/bench.
//
//   rebolt_read_bench file NAME FILE COUNT PEER   check, scan and random gets
//   rebolt_read_bench growth PEER FILE…           check of ever larger files
//   rebolt_read_bench process REBOLT FILE         a whole process
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>

#include "lmdb_peer.hpp"
#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr unsigned runs = 7;
constexpr std::uint64_t gets = 1'000'000;

template <class T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().to_text());
        std::exit(8);
    }
    return std::move(*result);
}

// Adds up all words.
void plain_read(Bytes bytes) {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8)
        sum += load<std::uint64_t>(bytes.data() + at);
    use(sum);
}

// Maps the file, reads it and lets it go.
void map_and_read(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    ::fstat(descriptor, &status);
    const auto size = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
    plain_read({static_cast<const std::byte*>(address), size});
    ::munmap(address, size);
    ::close(descriptor);
}

void check_source(const PageSource& source, unsigned threads) {
    CheckOptions options;
    options.threads = threads;
    const CheckReport report = must(check(source, options));
    if (report.verdict != Verdict::clean) {
        fmt::print(stderr, "bench: {} is not clean\n", source.path());
        std::exit(8);
    }
}

void check_file(const std::string& path) {
    check_source(must(PageSource::open(path)), 0);
}

void scan(const Bucket& bucket) {
    std::uint64_t sum = 0;
    const auto scanned = bucket.for_each([&](const Entry& entry) -> Result<void> {
        sum +=
            static_cast<std::uint64_t>(entry.key[0]) + static_cast<std::uint64_t>(entry.value[0]);
        return {};
    });
    if (!scanned)
        std::exit(8);
    use(sum);
}

void get(const Bucket& bucket, const std::vector<std::string>& keys) {
    std::uint64_t sum = 0;
    for (const std::string& key : keys) {
        const auto value = bucket.get(key);
        if (!value || !value->has_value())
            std::exit(8);
        sum += static_cast<std::uint64_t>((**value)[0]);
    }
    use(sum);
}

void row(const char* what, double ours, const std::string& peer, double theirs) {
    fmt::print("| {:<22} | {:>10.3f} | {:<22} | {:>10.3f} | {:>7.2f} |\n", what, ours * 1000, peer,
               theirs * 1000, theirs / ours);
}

void head(const std::string& title) {
    fmt::print("\n### {}\n\n| rebolt                 |         ms | peer                   |       "
               "  ms | faster |\n|---|---:|---|---:|---:|\n",
               title);
}

int bench_file(const std::string& name, const std::string& path, std::uint64_t count,
               const std::string& peer) {
    head(name);
    const auto ask = [&](const std::string& what, const std::string& more) {
        return peer_seconds(fmt::format("{} time {} {} bench {}{}", peer, what, path, 5, more));
    };
    const double theirs = ask("check", "");
    {
        // As for bbolt: the file is opened and mapped once, the check repeated.
        const PageSource source = must(PageSource::open(path));
        const double plain = median_seconds(runs, [&] { plain_read(source.file()); });
        const double checked = median_seconds(runs, [&] { check_source(source, 0); });
        const double serial = median_seconds(runs, [&] { check_source(source, 1); });
        row("check", checked, "bbolt tx.Check", theirs);
        row("check", checked, "plain read", plain);
        row("check, 1 thread", serial, "bbolt tx.Check", theirs);
        row("check, 1 thread", serial, "plain read", plain);
    }
    row("open, check, close", median_seconds(runs, [&] { check_file(path); }), "map, read, unmap",
        median_seconds(runs, [&] { map_and_read(path); }));
    const DB db = must(DB::open(path, {.read_only = true}));
    const Tx tx = must(db.begin());
    const Bucket bucket = must(tx.bucket("bench"));
    LmdbPeer lmdb(path + ".lmdb", bucket);
    const double scanned = median_seconds(runs, [&] { scan(bucket); });
    row("scan", scanned, "bbolt cursor", ask("scan", ""));
    row("scan", scanned, "LMDB cursor", median_seconds(runs, [&] { lmdb.scan(); }));
    const std::vector<std::string> keys = random_keys(gets, count);
    const double got = median_seconds(runs, [&] { get(bucket, keys); });
    row("1 M random gets", got, "bbolt Get", ask("get", fmt::format(" {} {}", gets, count)));
    row("1 M random gets", got, "LMDB mdb_get", median_seconds(runs, [&] { lmdb.get(keys); }));
    return 0;
}

int bench_growth(const std::string& peer, std::span<const std::string> paths) {
    fmt::print(
        "\n### Growth of check with the file\n\n| pages | ms | ns a page | bbolt ms | faster "
        "|\n|---:|---:|---:|---:|---:|\n");
    for (const std::string& path : paths) {
        const PageSource source = must(PageSource::open(path));
        const std::uint64_t pages = source.page_count();
        const double seconds = median_seconds(runs, [&] { check_source(source, 0); });
        const double theirs = peer_seconds(fmt::format("{} time check {} bench 1", peer, path));
        fmt::print("| {} | {:.2f} | {:.0f} | {:.1f} | {:.1f} |\n", pages, seconds * 1000,
                   seconds * 1e9 / static_cast<double>(pages), theirs * 1000, theirs / seconds);
    }
    return 0;
}

void run_process(std::string program, std::string path) {
    std::string command = "check";
    std::string quiet = "-q";
    char* arguments[] = {program.data(), command.data(), quiet.data(), path.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = 0;
    int status = 0;
    if (posix_spawn(&process, program.c_str(), &actions, nullptr, arguments, environ) != 0 ||
        ::waitpid(process, &status, 0) < 0 || status != 0)
        std::exit(8);
    posix_spawn_file_actions_destroy(&actions);
}

int bench_process(const std::string& program, const std::string& path) {
    const double seconds = median_seconds(201, [&] { run_process(program, path); });
    fmt::print("\n### Whole process\n\n`rebolt check` of {}: {:.2f} ms (median of 201)\n",
               path.substr(path.rfind('/') + 1), seconds * 1000);
    return 0;
}

} // namespace
} // namespace rebolt::bench

int main(int argc, char** argv) {
    using namespace rebolt::bench; // NOLINT
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 5 && arguments[0] == "file")
        return bench_file(arguments[1], arguments[2], std::stoull(arguments[3]), arguments[4]);
    if (arguments.size() >= 3 && arguments[0] == "growth")
        return bench_growth(arguments[1], std::span(arguments).subspan(2));
    if (arguments.size() == 3 && arguments[0] == "process")
        return bench_process(arguments[1], arguments[2]);
    fmt::print(stderr, "usage: see the top of bench/read_bench.cpp; scripts/bench runs it all\n");
    return 16;
}
