#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <rebolt/db.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/rebolt.h>
#include <rebolt/version.hpp>

#include "base/try.hpp"
#include "c/live_options.hpp"
#include "c/status.hpp"

struct rebolt_db {
    std::optional<rebolt::LiveCopy> copy; ///< what `db` reads, if it is one
    rebolt::DB db;
};

namespace rebolt::c {
namespace {

std::optional<std::chrono::milliseconds> timeout_of(std::int64_t milliseconds) {
    return milliseconds < 0 ? std::nullopt : std::optional(std::chrono::milliseconds{milliseconds});
}

Result<rebolt_db> opened_live(const char* path, std::int64_t timeout_milliseconds) {
    LiveCopy copy = TRY(LiveCopy::take(path, live_options(timeout_milliseconds)));
    DB db = TRY(DB::open(copy.open_path(), {.read_only = true}));
    return rebolt_db{.copy = std::move(copy), .db = std::move(db)};
}

std::string_view view_of(const rebolt_bytes& bytes) {
    return bytes.size == 0 ? std::string_view{}
                           : std::string_view{static_cast<const char*>(bytes.data), bytes.size};
}

rebolt_bytes bytes_of(std::string_view text) {
    return {text.data(), text.size()};
}

Result<Bucket> bucket_at(const Tx& tx, std::span<const rebolt_bytes> names) {
    Bucket bucket = tx.root();
    for (const rebolt_bytes& name : names)
        bucket = TRY(bucket.bucket(view_of(name)));
    return bucket;
}

// A copy for the caller, who frees it.
Result<rebolt_bytes> copy_of(std::string_view value) {
    auto* const copy = static_cast<char*>(std::malloc(value.size() + 1));
    if (copy == nullptr)
        return Error(ErrorCode::out_of_memory, "out of memory");
    *std::ranges::copy(value, copy).out = '\0';
    return rebolt_bytes{copy, value.size()};
}

Result<rebolt_bytes> value_at(const Tx& tx, std::span<const rebolt_bytes> names) {
    const Bucket bucket = TRY(bucket_at(tx, names.first(names.size() - 1)));
    const auto value = TRY(bucket.get(view_of(names.back())));
    if (value)
        return copy_of(*value);
    if (bucket.bucket(view_of(names.back())))
        return Error(ErrorCode::incompatible_value, "a bucket, not a value, stands under the key");
    return Error(ErrorCode::key_not_found, "there is no such key");
}

} // namespace
} // namespace rebolt::c

using rebolt::c::fail;
using rebolt::c::guarded;

int rebolt_c_version(void) {
    return REBOLT_C_VERSION;
}

const char* rebolt_release(void) {
    return rebolt::version();
}

rebolt_status rebolt_open(const char* path, int64_t timeout_milliseconds, rebolt_db** db) {
    return guarded([&] {
        if (path == nullptr || db == nullptr)
            return fail(REBOLT_INVALID, "rebolt_open: no path, or no place for the database");
        auto opened = rebolt::DB::open(
            path, {.read_only = true, .timeout = rebolt::c::timeout_of(timeout_milliseconds)});
        if (!opened)
            return fail(opened.error());
        *db = std::make_unique<rebolt_db>(std::nullopt, *std::move(opened)).release();
        return REBOLT_OK;
    });
}

rebolt_status rebolt_open_live(const char* path, int64_t timeout_milliseconds, rebolt_db** db) {
    return guarded([&] {
        if (path == nullptr || db == nullptr)
            return fail(REBOLT_INVALID, "rebolt_open_live: no path, or no place for the database");
        auto opened = rebolt::c::opened_live(path, timeout_milliseconds);
        if (!opened)
            return fail(opened.error());
        *db = std::make_unique<rebolt_db>(*std::move(opened)).release();
        return REBOLT_OK;
    });
}

void rebolt_close(rebolt_db* db) {
    const std::unique_ptr<rebolt_db> owned(db);
}

rebolt_status rebolt_walk(rebolt_db* db, const rebolt_bytes* names, size_t name_count,
                          rebolt_visit visit, void* context) {
    return guarded([&] {
        if (db == nullptr || visit == nullptr)
            return fail(REBOLT_INVALID, "rebolt_walk: no database, or nothing to visit with");
        const auto walked = db->db.view([&](rebolt::Tx& tx) -> rebolt::Result<void> {
            const rebolt::Bucket bucket =
                TRY(rebolt::c::bucket_at(tx, std::span(names, name_count)));
            return bucket.for_each([&](const rebolt::Entry& entry) -> rebolt::Result<void> {
                const rebolt_bytes key = rebolt::c::bytes_of(entry.key);
                const rebolt_bytes value =
                    rebolt::c::bytes_of(entry.is_bucket ? std::string_view{} : entry.value);
                if (visit(context, &key, &value, entry.is_bucket ? 1 : 0) != 0)
                    return rebolt::Error(rebolt::ErrorCode::cancelled, "the walk was ended");
                return {};
            });
        });
        return walked ? REBOLT_OK : fail(walked.error());
    });
}

rebolt_status rebolt_get(rebolt_db* db, const rebolt_bytes* names, size_t name_count,
                         rebolt_bytes* value) {
    return guarded([&] {
        if (db == nullptr || value == nullptr || name_count < 2)
            return fail(REBOLT_INVALID, "rebolt_get: no database, or not a bucket and a key");
        const auto got = db->db.view([&](rebolt::Tx& tx) -> rebolt::Result<void> {
            *value = TRY(rebolt::c::value_at(tx, std::span(names, name_count)));
            return {};
        });
        return got ? REBOLT_OK : fail(got.error());
    });
}

void rebolt_free(rebolt_bytes* value) {
    if (value == nullptr)
        return;
    std::free(const_cast<void*>(value->data));
    *value = {nullptr, 0};
}
