// rebolt bench: bbolt's benchmark, with its options and output.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct BenchCommand {
    std::uint64_t count = 1000;
    std::uint64_t batch_size = 0;
    std::size_t key_bytes = 8;
    std::size_t value_bytes = 32;
    std::string write_mode = "seq";
    double fill_percent = 0.5;
    bool no_sync = false;
    bool keep = false;
    std::uint32_t page_size = 0;
    std::string path;
};

// bbolt: a big-endian number, at the key's start.
std::string key_of(std::uint64_t index, const BenchCommand& options) {
    std::string key(std::max<std::size_t>(options.key_bytes, 8), '\0');
    const std::uint64_t big_endian = std::byteswap(index);
    std::memcpy(key.data(), &big_endian, sizeof big_endian);
    return key;
}

struct Measured {
    std::uint64_t operations = 0;
    double nanoseconds = 0;

    [[nodiscard]] double each() const {
        return nanoseconds / static_cast<double>(std::max<std::uint64_t>(operations, 1));
    }
};

Measured measured(std::uint64_t operations, Clock::time_point start) {
    return {operations, std::chrono::duration<double, std::nano>(Clock::now() - start).count()};
}

void print_result(const char* what, const Measured& measured) {
    print(fmt::format("# {}\t{}(ops)\t{:.3f}ms\t({:.0f}ns/op)\t({:.0f} op/sec)\n", what,
                      measured.operations, measured.nanoseconds / 1e6, measured.each(),
                      1e9 / measured.each()));
}

Document result_json(const Measured& measured) {
    return {{"operations", measured.operations},
            {"nanoseconds", measured.nanoseconds},
            {"nanoseconds_each", measured.each()}};
}

Result<void> write(const DB& db, const BenchCommand& options) {
    const bool is_random = options.write_mode.starts_with("rnd");
    const bool is_nested = options.write_mode.ends_with("-nest");
    const std::string value(options.value_bytes, '\0');
    const std::uint64_t batch = options.batch_size == 0 ? options.count : options.batch_size;
    std::mt19937 random(1); // NOLINT(cert-msc*): the same keys in each run
    for (std::uint64_t first = 0; first < options.count; first += batch) {
        auto written = db.update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("bench");
            if (bucket && is_nested)
                bucket = bucket->create_bucket_if_missing(key_of(first, options));
            if (!bucket)
                return std::move(bucket).error();
            if (auto filled = bucket->set_fill_percent(options.fill_percent); !filled)
                return filled;
            for (std::uint64_t i = first; i < std::min(first + batch, options.count); ++i) {
                if (auto put = bucket->put(key_of(is_random ? random() : i, options), value); !put)
                    return put;
                if (cancelled())
                    return Error(ErrorCode::cancelled, "cancelled");
            }
            return {};
        });
        if (!written)
            return written;
    }
    return {};
}

Result<std::uint64_t> count_keys(const Bucket& bucket) {
    std::uint64_t keys = 0;
    auto counted = bucket.for_each([&](const Entry& entry) -> Result<void> {
        if (!entry.is_bucket) {
            ++keys;
            return {};
        }
        auto inside = bucket.bucket(entry.key);
        auto nested =
            inside ? count_keys(*inside) : Result<std::uint64_t>(std::move(inside).error());
        if (nested)
            keys += *nested;
        return nested ? Result<void>{} : Result<void>(std::move(nested).error());
    });
    return counted ? Result<std::uint64_t>(keys)
                   : Result<std::uint64_t>(std::move(counted).error());
}

// bbolt: reads all again and again for a second.
Result<std::uint64_t> read(const DB& db) {
    const auto end = Clock::now() + std::chrono::seconds{1};
    std::uint64_t keys = 0;
    auto done = db.view([&](Tx& tx) -> Result<void> {
        auto bucket = tx.bucket("bench");
        if (!bucket)
            return std::move(bucket).error();
        do {
            auto counted = count_keys(*bucket);
            if (!counted)
                return std::move(counted).error();
            keys += *counted;
        } while (Clock::now() < end && !cancelled() && keys != 0);
        return {};
    });
    return done ? Result<std::uint64_t>(keys) : Result<std::uint64_t>(std::move(done).error());
}

// `path`: the file's name for us, which may be a descriptor's.
ExitCode measure(const BenchCommand& options, const std::string& path, const std::string& kept) {
    OpenOptions open;
    open.page_size_bytes = options.page_size;
    open.no_sync = open.no_grow_sync = options.no_sync;
    const auto db = DB::open(path, open);
    if (!db)
        return report(db.error());
    auto start = Clock::now();
    if (const auto done = write(*db, options); !done)
        return report(done.error());
    const Measured written = measured(options.count, start);
    if (!wants_json())
        print_result("Write", written);
    start = Clock::now();
    const auto keys = read(*db);
    if (!keys)
        return report(keys.error());
    const Measured seen = measured(*keys, start);
    if (wants_json())
        print_document({{"shape", "rebolt.bench/1"},
                        {"file", text_or_null(kept)},
                        {"write", result_json(written)},
                        {"read", result_json(seen)}});
    else
        print_result("Read", seen);
    return ExitCode::done;
}

ExitCode run_bench(const BenchCommand& options) {
    const std::string path = !options.path.empty()
                                 ? options.path
                                 : (std::filesystem::temp_directory_path() /
                                    fmt::format("rebolt-bench-{:08x}{:08x}", std::random_device()(),
                                                std::random_device()()))
                                       .string();
    // Made here and opened by its descriptor: nobody's link is followed.
    constexpr mode_t owner_alone = 0600;
    const int made =
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_alone);
    if (made < 0)
        return report(Error(ErrorCode::io,
                            "bench needs a new file: " + std::generic_category().message(errno))
                          .in_file(path));
    const ExitCode code =
        measure(options, fmt::format("/proc/self/fd/{}", made), options.keep ? path : "");
    ::close(made);
    std::error_code ignored;
    if (!options.keep)
        std::filesystem::remove(path, ignored);
    else if (!wants_json())
        print(fmt::format("work: {}\n", printable(path)));
    return code;
}

} // namespace

void set_up_bench(Arguments arguments) {
    auto options = std::make_shared<BenchCommand>();
    arguments.option("--count", options->count, "Keys to write")
        .check(whole_number(1))
        .show_default();
    arguments.option("--batch-size", options->batch_size, "Keys in a transaction; 0: all in one")
        .check(whole_number())
        .show_default();
    arguments.option("--key-size", options->key_bytes, "Bytes of a key")
        .check(whole_number(8, 32768))
        .show_default();
    arguments.option("--value-size", options->value_bytes, "Bytes of a value")
        .check(whole_number(0, 0x7FFF'FFFE))
        .show_default();
    arguments.option("--write-mode", options->write_mode, "Order of the keys, and nested buckets")
        .check(one_of({"seq", "rnd", "seq-nest", "rnd-nest"}))
        .show_default();
    arguments.option("--fill-percent", options->fill_percent, "How full pages are left, 0.1 to 1")
        .check(fraction(0.1, 1))
        .show_default();
    arguments.option("--page-size", options->page_size, "Bytes a page; 0: the system's")
        .check(page_bytes())
        .show_default();
    arguments.flag("--no-sync", options->no_sync, "Commits do not sync");
    arguments.flag("--work", options->keep, "Keep the file and print its path");
    arguments.option("--path", options->path, "The new file; default: one in the temporary folder")
        .value_name("FILE");
    arguments.footer("Example: rebolt bench --count 100000 --batch-size 1000 --write-mode rnd");
    arguments.exit_codes("0 measured, 8 failed");
    arguments.on_run([options] { return run_bench(*options); });
}

} // namespace rebolt::cli
