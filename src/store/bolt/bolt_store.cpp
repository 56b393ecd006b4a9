#include "store/bolt/bolt_store.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/checked.hpp"
#include "base/try.hpp"
#include "schema/libkv_value.hpp"
#include "store/bolt/bolt.hpp"
#include "store/bolt_backend.hpp"

namespace rebolt::store {
namespace {

Error missing(std::string_view key) {
    return {ErrorCode::key_not_found, "there is no key " + printable(key)};
}

Error modified(std::string_view key) {
    return {ErrorCode::key_modified, printable(key) + " was written since"};
}

Result<void> check_put(std::string_view key, std::string_view value, const PutOptions& options) {
    TRY(check_key(key));
    if (options.is_directory && !value.empty())
        return Error(ErrorCode::invalid_argument, "a directory has no value");
    if (options.time_to_live)
        return Error(ErrorCode::not_supported,
                     "bolt files have no time to live; use an etcd:// store");
    return {};
}

Result<void> check_watch(const WatchOptions& options) {
    if (options.after_index != 0)
        return Error(ErrorCode::not_supported,
                     "bolt files keep no history; start the watch without an index");
    return {};
}

Error without_index(const BoltShared& shared, std::string_view key, std::size_t bytes) {
    Finding finding{.code = FindingCode::value_malformed,
                    .severity = text_of(FindingCode::value_malformed).severity,
                    .place = {},
                    .message = {},
                    .transaction = {}};
    finding.place.bucket = {shared.target.bucket};
    finding.message = fmt::format("the value of {} has {} bytes, too few for libkv's index of 8",
                                  printable(key), bytes);
    return Error(std::move(finding)).in_file(shared.file->path());
}

Result<std::uint64_t> index_behind(std::uint64_t index) {
    const auto next = checked_add(index, 1);
    if (!next)
        return Error(ErrorCode::invalid_argument, "the file's indexes are used up");
    return *next;
}

} // namespace

Result<PairView> view_of(const BoltShared& shared, const Entry& entry) {
    if (entry.is_bucket)
        return Error(ErrorCode::incompatible_value,
                     fmt::format("under {} stands a bucket: this is no store of libkv's",
                                 printable(entry.key)))
            .in_file(shared.file->path());
    const auto parts = schema::parse_libkv_value(entry.value);
    if (!parts)
        return without_index(shared, entry.key, entry.value.size());
    return PairView{entry.key, parts->payload, parts->index};
}

Result<KeyValue> pair_of(const BoltShared& shared, const Entry& entry) {
    return KeyValue::copy_of(TRY(view_of(shared, entry)));
}

Result<std::uint64_t> put_indexed(const BoltShared& shared, Bucket& bucket, std::string_view key,
                                  std::string_view value) {
    std::uint64_t old = 0;
    if (const auto there = TRY(bucket.get(key))) {
        const auto parts = schema::parse_libkv_value(*there);
        if (!parts)
            return without_index(shared, key, there->size());
        old = parts->index;
    }
    const std::uint64_t index = TRY(index_behind(std::max(old, bucket.sequence())));
    TRY(bucket.put(key, schema::make_libkv_value({.index = index, .payload = value})));
    TRY(bucket.set_sequence(index));
    return index;
}

Result<void> erase_indexed(Bucket& bucket, const KeyValue& pair) {
    if (pair.last_index > bucket.sequence())
        TRY(bucket.set_sequence(pair.last_index));
    return bucket.erase(pair.key);
}

Result<std::optional<KeyValue>> BoltStore::find(const Bucket& bucket, std::string_view key) const {
    const auto value = TRY(bucket.get(key));
    if (!value)
        return std::optional<KeyValue>();
    return std::optional<KeyValue>(TRY(pair_of(*shared_, {.key = key, .value = *value})));
}

Result<void> BoltStore::put(std::string_view key, std::string_view value,
                            const PutOptions& options) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_put(key, value, options));
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        TRY(put_indexed(*shared_, bucket, key, value));
        return {};
    });
}

Result<void> BoltStore::put_all(std::span<const KeyValue> pairs) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    for (const KeyValue& pair : pairs)
        TRY(check_key(pair.key));
    if (pairs.empty())
        return {};
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        for (const KeyValue& pair : pairs)
            TRY(put_indexed(*shared_, bucket, pair.key, pair.value));
        return {};
    });
}

Result<KeyValue> BoltStore::get(std::string_view key) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    std::optional<KeyValue> pair;
    auto done = shared_->read([&](const Bucket* bucket) -> Result<void> {
        if (bucket != nullptr)
            pair = TRY(find(*bucket, key));
        return {};
    });
    if (!done)
        return std::move(done).error();
    if (!pair)
        return missing(key);
    return std::move(*pair);
}

Result<bool> BoltStore::exists(std::string_view key) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    bool is_there = false;
    auto done = shared_->read([&](const Bucket* bucket) -> Result<void> {
        if (bucket != nullptr)
            is_there = TRY(bucket->get(key)).has_value();
        return {};
    });
    if (!done)
        return std::move(done).error();
    return is_there;
}

Result<void> BoltStore::remove(std::string_view key) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        const auto there = TRY(find(bucket, key));
        if (!there)
            return missing(key);
        return erase_indexed(bucket, *there);
    });
}

Result<void> BoltStore::for_each(std::string_view prefix,
                                 const std::function<Result<void>(const PairView&)>& visit) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    return shared_->read([&](const Bucket* bucket) -> Result<void> {
        if (bucket == nullptr)
            return {};
        return bucket->for_each_prefix(prefix, [&](const Entry& entry) -> Result<void> {
            return visit(TRY(view_of(*shared_, entry)));
        });
    });
}

Result<std::size_t> BoltStore::remove_tree(std::string_view prefix) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    std::size_t removed = 0;
    auto done = shared_->write([&](Bucket& bucket) -> Result<void> {
        removed = 0;
        std::uint64_t greatest = bucket.sequence();
        Cursor cursor = bucket.cursor();
        auto entry = TRY(prefix.empty() ? cursor.first() : cursor.seek(prefix));
        while (entry && entry->key.starts_with(prefix)) {
            greatest = std::max(greatest, TRY(pair_of(*shared_, *entry)).last_index);
            TRY(cursor.erase());
            ++removed;
            entry = TRY(cursor.next());
        }
        if (removed != 0)
            TRY(bucket.set_sequence(greatest));
        return {};
    });
    if (!done)
        return std::move(done).error();
    return removed;
}

Result<KeyValue> BoltStore::atomic_put(std::string_view key, std::string_view value,
                                       const std::optional<KeyValue>& previous,
                                       const PutOptions& options) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_put(key, value, options));
    std::uint64_t index = 0;
    auto done = shared_->write([&](Bucket& bucket) -> Result<void> {
        const auto there = TRY(find(bucket, key));
        if (there && !previous)
            return Error(ErrorCode::key_exists, printable(key) + " is there already");
        if (!there && previous)
            return missing(key);
        if (there && there->last_index != previous->last_index)
            return modified(key);
        index = TRY(put_indexed(*shared_, bucket, key, value));
        return {};
    });
    if (!done)
        return std::move(done).error();
    return KeyValue{std::string(key), std::string(value), index};
}

Result<void> BoltStore::atomic_remove(std::string_view key,
                                      const std::optional<KeyValue>& previous) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    if (!previous)
        return Error(ErrorCode::previous_required, "atomic_remove needs what to compare with");
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        const auto there = TRY(find(bucket, key));
        if (!there)
            return missing(key);
        if (there->last_index != previous->last_index)
            return modified(key);
        return erase_indexed(bucket, *there);
    });
}

Result<std::unique_ptr<Watch>> BoltStore::watch(std::string_view key, const WatchOptions& options) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    TRY(check_watch(options));
    return BoltWatch::open(shared_, {std::string(key), false}, options.current_first);
}

Result<std::unique_ptr<Watch>> BoltStore::watch_tree(std::string_view prefix,
                                                     const WatchOptions& options) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_watch(options));
    return BoltWatch::open(shared_, {std::string(prefix), true}, options.current_first);
}

Result<std::unique_ptr<Lock>> BoltStore::new_lock(std::string_view key,
                                                  const LockOptions& options) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    TRY(check_key(key));
    return std::unique_ptr<Lock>(
        std::make_unique<BoltLock>(shared_, std::string(key), options.value));
}

void BoltStore::shut() {
    shared_->gate.close();
    const std::lock_guard lock(closing_);
    if (std::exchange(is_held_, false))
        shared_->file->release();
}

Result<std::unique_ptr<Store>> open_bolt(const Url& url, const StoreOptions& options) {
    const auto bucket = url.query.find("bucket");
    if (url.path.empty() || url.path.ends_with('/'))
        return Error(ErrorCode::invalid_argument,
                     "bolt:// needs a file: bolt:///path/to/file.db?bucket=NAME");
    if (bucket == url.query.end() || bucket->second.empty())
        return Error(ErrorCode::invalid_argument,
                     fmt::format("which bucket of the file? bolt://{}?bucket=NAME", url.path));
    auto shared = std::make_shared<BoltShared>();
    shared->file = BoltFile::of(url.path);
    shared->target = {
        .bucket = bucket->second, .timeout = options.connect_timeout, .create = options.create};
    if (options.create) { // as libkv does; an error shows when the file is opened
        std::error_code ignored;
        std::filesystem::create_directories(
            std::filesystem::path(shared->file->path()).parent_path(), ignored);
    }
    if (options.persistent)
        TRY(shared->file->hold(shared->target));
    auto store = std::make_unique<BoltStore>(shared, options.persistent);
    bool is_there = false;
    TRY(shared->read([&](const Bucket* found) -> Result<void> {
        is_there = found != nullptr;
        return {};
    }));
    if (!is_there && !options.create)
        return Error(ErrorCode::bucket_not_found, "there is no bucket " + printable(bucket->second))
            .in_file(shared->file->path());
    if (!is_there)
        TRY(shared->write([](Bucket&) -> Result<void> { return {}; }));
    return std::unique_ptr<Store>(std::move(store));
}

} // namespace rebolt::store
