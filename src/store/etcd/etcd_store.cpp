#include "store/etcd/etcd_store.hpp"

#include <utility>

#include "base/try.hpp"
#include "store/etcd/etcd_lock.hpp"
#include "store/etcd/etcd_watch.hpp"
#include "store/etcd/pages.hpp"
#include "store/etcd/transaction.hpp"

namespace rebolt::store::etcd {
namespace {

Result<void> check_key(std::string_view key) {
    if (key.empty())
        return Error(ErrorCode::key_required, "a key has at least one byte");
    return {};
}

Error no_such_key() {
    return {ErrorCode::key_not_found, "no such key"};
}

KeyValue to_pair(const KeySpace& keys, mvccpb::KeyValue&& from) {
    return {.key = std::string(keys.shown(from.key())),
            .value = std::move(*from.mutable_value()),
            .last_index = static_cast<std::uint64_t>(from.mod_revision())};
}

// Why a compare-and-swap was not carried out: the failed transaction says
// whether there is a key.
Error why_not(const rpc::TxnResponse& response, bool expected_a_key) {
    const bool is_there =
        response.responses_size() == 1 && response.responses(0).response_range().kvs_size() == 1;
    if (!expected_a_key)
        return {ErrorCode::key_exists, "the key is there already"};
    if (!is_there)
        return no_such_key();
    return {ErrorCode::key_modified, "the key was written since it was read"};
}

} // namespace

// For what begins without a call.
Result<void> EtcdStore::check_open() const {
    if (client_->closing().stop_requested())
        return Error(ErrorCode::cancelled, "the store is closed");
    return {};
}

// With its lease, if it needs one.
Result<rpc::PutRequest> EtcdStore::put_request(std::string_view key, std::string_view value,
                                               const PutOptions& options) {
    TRY(check_key(key));
    if (options.is_directory && !value.empty())
        return Error(ErrorCode::invalid_argument, "a directory has no value");
    if (options.time_to_live && options.time_to_live->count() <= 0)
        return Error(ErrorCode::invalid_argument, "a time to live is longer than nothing");
    rpc::PutRequest request;
    request.set_key(keys_.full(key));
    request.set_value(std::string(value));
    if (options.time_to_live)
        request.set_lease(TRY(client_->grant(*options.time_to_live)).id);
    return request;
}

// After a put that was not carried out. If this fails, the lease ends by itself.
void EtcdStore::drop_lease(const rpc::PutRequest& request) {
    if (request.lease() != 0)
        static_cast<void>(client_->revoke(request.lease()));
}

Result<void> EtcdStore::put(std::string_view key, std::string_view value,
                            const PutOptions& options) {
    const rpc::PutRequest request = TRY(put_request(key, value, options));
    Result<rpc::PutResponse> done = client_->put(request);
    // Not where its fate is unknown: revoking would remove what may have been put.
    if (!done && done.error().code() != ErrorCode::not_reachable)
        drop_lease(request);
    if (!done)
        return std::move(done).error();
    return {};
}

Result<KeyValue> EtcdStore::get(std::string_view key) {
    TRY(check_key(key));
    rpc::RangeRequest request;
    request.set_key(keys_.full(key));
    rpc::RangeResponse response = TRY(client_->range(request));
    if (response.kvs().empty())
        return no_such_key();
    return to_pair(keys_, std::move(*response.mutable_kvs(0)));
}

Result<bool> EtcdStore::exists(std::string_view key) {
    TRY(check_key(key));
    rpc::RangeRequest request;
    request.set_key(keys_.full(key));
    request.set_count_only(true);
    return TRY(client_->range(request)).count() != 0;
}

Result<void> EtcdStore::remove(std::string_view key) {
    TRY(check_key(key));
    rpc::DeleteRangeRequest request;
    request.set_key(keys_.full(key));
    if (TRY(client_->erase(request)).deleted() == 0)
        return no_such_key();
    return {};
}

Result<void> EtcdStore::put_all(std::span<const KeyValue> pairs) {
    PutBatch batch;
    for (const KeyValue& pair : pairs) {
        TRY(check_key(pair.key));
        const std::string key = keys_.full(pair.key);
        if (!batch.has_room(key, pair.value))
            TRY(client_->transact(batch.take()));
        batch.add(key, pair.value);
    }
    if (!batch.is_empty())
        TRY(client_->transact(batch.take()));
    return {};
}

Result<void> EtcdStore::for_each(std::string_view prefix,
                                 const std::function<Result<void>(const PairView&)>& visit) {
    Pages pages(keys_.tree(prefix));
    while (!pages.is_done()) {
        rpc::RangeResponse page = TRY(pages.next(*client_, {}));
        for (mvccpb::KeyValue& pair : *page.mutable_kvs())
            TRY(visit(to_pair(keys_, std::move(pair)).view()));
    }
    return {};
}

Result<std::size_t> EtcdStore::remove_tree(std::string_view prefix) {
    const KeyRange range = keys_.tree(prefix);
    rpc::DeleteRangeRequest request;
    request.set_key(range.begin);
    request.set_range_end(range.end);
    return static_cast<std::size_t>(TRY(client_->erase(request)).deleted());
}

Result<KeyValue> EtcdStore::atomic_put(std::string_view key, std::string_view value,
                                       const std::optional<KeyValue>& previous,
                                       const PutOptions& options) {
    const rpc::PutRequest put = TRY(put_request(key, value, options));
    const rpc::TxnRequest request =
        previous ? if_unchanged(put.key(), previous->last_index, put) : if_absent(put.key(), put);
    Result<rpc::TxnResponse> done = client_->transact(request);
    const bool is_unknown = !done && done.error().code() == ErrorCode::not_reachable;
    if (!is_unknown && (!done || !done->succeeded()))
        drop_lease(put);
    if (!done)
        return std::move(done).error();
    if (!done->succeeded())
        return why_not(*done, previous.has_value());
    return KeyValue{.key = std::string(key),
                    .value = std::string(value),
                    .last_index = static_cast<std::uint64_t>(done->header().revision())};
}

Result<void> EtcdStore::atomic_remove(std::string_view key,
                                      const std::optional<KeyValue>& previous) {
    TRY(check_key(key));
    if (!previous)
        return Error(ErrorCode::previous_required, "what is the key to be compared with?");
    rpc::DeleteRangeRequest remove;
    remove.set_key(keys_.full(key));
    const auto done =
        TRY(client_->transact(if_unchanged(remove.key(), previous->last_index, remove)));
    if (!done.succeeded())
        return why_not(done, true);
    return {};
}

Result<std::unique_ptr<Watch>> EtcdStore::watch(std::string_view key, const WatchOptions& options) {
    TRY(check_key(key));
    TRY(check_open());
    return EtcdWatch::open(*client_, {keys_, keys_.one(key)}, options);
}

Result<std::unique_ptr<Watch>> EtcdStore::watch_tree(std::string_view prefix,
                                                     const WatchOptions& options) {
    TRY(check_open());
    return EtcdWatch::open(*client_, {keys_, keys_.tree(prefix)}, options);
}

Result<std::unique_ptr<Lock>> EtcdStore::new_lock(std::string_view key,
                                                  const LockOptions& options) {
    TRY(check_key(key));
    TRY(check_open());
    if (options.time_to_live.count() <= 0)
        return Error(ErrorCode::invalid_argument, "a time to live is longer than nothing");
    return std::make_unique<EtcdLock>(*client_, keys_.full(key), options);
}

} // namespace rebolt::store::etcd
