#include "lmdb_peer.hpp"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <lmdb.h>

#include "measure.hpp"

namespace rebolt::bench {
namespace {

constexpr std::size_t map_bytes = std::size_t{8} << 30;

void must(int result, const char* what) {
    if (result == MDB_SUCCESS)
        return;
    fmt::print(stderr, "bench: lmdb: {}: {}\n", what, mdb_strerror(result));
    std::exit(8);
}

MDB_val value_of(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}

} // namespace

LmdbPeer::LmdbPeer(const std::string& path, const Bucket& bucket) {
    std::filesystem::remove(path);
    must(mdb_env_create(&environment_), "create");
    must(mdb_env_set_mapsize(environment_, map_bytes), "map size");
    must(mdb_env_open(environment_, path.c_str(), MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK, 0644),
         "open");
    MDB_txn* writer = nullptr;
    must(mdb_txn_begin(environment_, nullptr, 0, &writer), "begin");
    must(mdb_dbi_open(writer, nullptr, 0, &database_), "open database");
    const auto written = bucket.for_each([&](const Entry& entry) -> Result<void> {
        MDB_val key = value_of(entry.key);
        MDB_val value = value_of(entry.value);
        must(mdb_put(writer, database_, &key, &value, MDB_APPEND), "put");
        return {};
    });
    if (!written) {
        fmt::print(stderr, "bench: {}\n", written.error().to_text());
        std::exit(8);
    }
    must(mdb_txn_commit(writer), "commit");
    must(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &reader_), "begin reading");
}

LmdbPeer::~LmdbPeer() {
    mdb_txn_abort(reader_);
    mdb_env_close(environment_);
}

double LmdbPeer::put_seconds(const std::string& path, const std::vector<std::string>& keys,
                             const std::string& value, std::uint64_t batch) {
    std::filesystem::remove(path);
    MDB_env* environment = nullptr;
    must(mdb_env_create(&environment), "create");
    must(mdb_env_set_mapsize(environment, map_bytes), "map size");
    must(mdb_env_open(environment, path.c_str(), MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK, 0644),
         "open");
    MDB_dbi database = 0;
    const double seconds = median_seconds(1, [&] {
        MDB_val stored = value_of(value);
        for (std::size_t i = 0; i < keys.size();) {
            MDB_txn* writer = nullptr;
            must(mdb_txn_begin(environment, nullptr, 0, &writer), "begin");
            must(mdb_dbi_open(writer, nullptr, 0, &database), "open database");
            for (std::uint64_t done = 0; done < batch && i < keys.size(); ++done, ++i) {
                MDB_val key = value_of(keys[i]);
                must(mdb_put(writer, database, &key, &stored, 0), "put");
            }
            must(mdb_txn_commit(writer), "commit");
        }
    });
    mdb_env_close(environment);
    std::filesystem::remove(path);
    return seconds;
}

void LmdbPeer::scan() {
    MDB_cursor* cursor = nullptr;
    must(mdb_cursor_open(reader_, database_, &cursor), "cursor");
    MDB_val key;
    MDB_val value;
    std::uint64_t sum = 0;
    for (int at = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); at == MDB_SUCCESS;
         at = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))
        sum += static_cast<std::uint64_t>(*static_cast<const char*>(key.mv_data)) +
               static_cast<std::uint64_t>(*static_cast<const char*>(value.mv_data));
    mdb_cursor_close(cursor);
    use(sum);
}

void LmdbPeer::get(const std::vector<std::string>& keys) {
    std::uint64_t sum = 0;
    for (const std::string& text : keys) {
        MDB_val key = value_of(text);
        MDB_val value;
        must(mdb_get(reader_, database_, &key, &value), "get");
        sum += static_cast<std::uint64_t>(*static_cast<const char*>(value.mv_data));
    }
    use(sum);
}

} // namespace rebolt::bench
