#include "etcd/new_database.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "base/try.hpp"
#include "io/file_writer.hpp"
#include "io/new_file.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::uint64_t copy_bytes = 4ULL << 20U;
constexpr std::size_t records_per_commit = 20'000;
constexpr std::size_t bytes_per_commit = std::size_t{32} << 20U; // they are in memory until then
constexpr double fill_fraction = 0.9;                            // as etcd fills its keyspace

// The two first pages with one meta in both places.
Result<std::vector<std::byte>> metas_of(const PageSource& source, PageId chosen) {
    const std::uint64_t page = source.page_size_bytes();
    const Bytes file = source.file();
    std::vector<std::byte> both(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(2 * page));
    const std::uint64_t from = number(chosen) * page;
    for (std::uint64_t slot = 0; slot < 2; ++slot) {
        std::memcpy(both.data() + slot * page, file.data() + from, page);
        std::memcpy(both.data() + slot * page, &slot, sizeof slot); // its number
    }
    return both;
}

Result<void> copy_with_meta(const NewDatabase& database, const std::string& path) {
    const auto source = TRY(PageSource::open(database.copy_of, {.lock = false}));
    const std::uint64_t head = 2 * std::uint64_t{source.page_size_bytes()};
    if (database.bytes < head || database.bytes > source.file_bytes())
        return Error(ErrorCode::damaged, "the file has changed").in_file(database.copy_of);
    auto file = TRY(io::NewFile::create(path, 0600));
    const std::vector<std::byte> metas = TRY(metas_of(source, database.meta));
    TRY(file.append(metas));
    for (std::uint64_t at = head; at < database.bytes; at += copy_bytes)
        TRY(file.append(source.file().subspan(at, std::min(copy_bytes, database.bytes - at))));
    return file.put_in_place();
}

Result<void> write_bookkeeping(Tx& tx, const DatabaseState& state) {
    TRY(tx.create_bucket_if_missing("key"));
    for (const auto& [name, values] : state.buckets) {
        Bucket bucket = TRY(tx.create_bucket_if_missing(name));
        for (const auto& [key, value] : values)
            TRY(bucket.put(key, value));
    }
    return {};
}

Result<void> write_records(Tx& tx, std::span<const StoredRecord> records) {
    Bucket bucket = TRY(tx.bucket("key"));
    TRY(bucket.set_fill_percent(fill_fraction));
    for (const StoredRecord& record : records)
        TRY(bucket.put(stored_key(record.revision, record.is_tombstone), record.value));
    return {};
}

// What one commit takes.
std::span<const StoredRecord> part_of(std::span<const StoredRecord> rest) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < std::min(rest.size(), records_per_commit); ++count) {
        if (bytes >= bytes_per_commit)
            break;
        bytes += rest[count].value.size();
    }
    return rest.first(count);
}

Result<void> write_anew(const DatabaseState& state, const std::string& path) {
    ::unlink(path.c_str()); // left by a run that was cut off
    OpenOptions options;
    options.no_sync = true;
    options.no_freelist_sync = true; // as etcd itself
    const auto db = TRY(DB::open(path, options));
    TRY(db.update([&](Tx& tx) { return write_bookkeeping(tx, state); }));
    for (std::span<const StoredRecord> rest(state.records); !rest.empty();) {
        const auto part = part_of(rest);
        TRY(db.update([&](Tx& tx) { return write_records(tx, part); }));
        rest = rest.subspan(part.size());
    }
    return db.sync();
}

bool is_same(const DatabaseState& one, const DatabaseState& other) {
    return one.is_whole() && one.buckets == other.buckets &&
           std::ranges::equal(
               one.records, other.records, [](const StoredRecord& left, const StoredRecord& right) {
                   return left.revision == right.revision &&
                          left.is_tombstone == right.is_tombstone && left.value == right.value;
               });
}

// Reads it as a stranger would.
Result<void> must_be_as_meant(const NewDatabase& database, const std::string& path) {
    const auto source = TRY(PageSource::open(path, {.lock = false}));
    const auto states = read_states(source);
    const auto fail = [&](std::string_view why) {
        return Error(ErrorCode::damaged,
                     fmt::format("the new database is not what was meant: {}", why))
            .in_file(path);
    };
    if (states.empty() || !states.front().is_whole())
        return fail("it is not whole");
    if (database.state && !is_same(states.front(), *database.state))
        return fail("its records differ");
    return {};
}

} // namespace

Result<void> write_database(const NewDatabase& database, const std::string& path) {
    if (database.copy_of.empty())
        TRY(write_anew(*database.state, path));
    else
        TRY(copy_with_meta(database, path));
    auto judged = must_be_as_meant(database, path);
    if (!judged)
        ::unlink(path.c_str());
    return judged;
}

} // namespace rebolt::etcd
