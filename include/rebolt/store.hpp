// store: one interface of keys and values for a file on this machine and for a
// cluster. Start embedded (`bolt:///var/lib/app/kv.db?bucket=app`), move to
// etcd (`etcd://host:2379/app`) without changing code; docs/store.md says when.
//
//   auto store = rebolt::store::open("bolt:///var/lib/app/kv.db?bucket=app");
//   auto old = store ? (*store)->get("users/7") : std::move(store).error();
//   if (!old)
//       return std::move(old).error();
//   auto put = (*store)->atomic_put("users/7", "new", *old);
//   if (!put && put.error().code() == rebolt::ErrorCode::key_modified)
//       std::puts("another writer was faster: get the key again");
//
// After libkv's store.Store, with values for errors, std::stop_token for
// channels, and watches that say when they lost something.
//
// Invariants that every backend keeps (the contract test runs on all of them):
// - A key is any non-empty byte string. A prefix is a byte string: list("a/b")
//   finds "a/b", "a/bc" and "a/b/c", in key order, as libkv on bolt does.
// - Each write of a key gives it a last_index greater than it had before.
// - What a call returned is visible to every later call of every client.
// - A Store may be used by many threads at once. Watches and locks must not
//   outlive the store they came from.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store_pair.hpp>

namespace rebolt::store {

struct PutOptions {
    /// The key is removed this long after the write, unless it is written again.
    /// etcd: a lease, whole seconds, rounded up. bolt: not_supported.
    std::optional<std::chrono::milliseconds> time_to_live = std::nullopt;
    /// A directory marker: the value must be empty (libkv: IsDir).
    bool is_directory = false;
};

struct WatchOptions {
    /// Deliver what is there now as `put` events before changes, as libkv does.
    bool current_first = true;
    /// Only changes after this last_index (etcd: revision), to go on where an
    /// earlier watch ended; what is there now is not delivered then. bolt:
    /// not_supported if not 0.
    std::uint64_t after_index = 0;
};

enum class EventKind : std::uint8_t {
    put,       ///< `pair` is the new state
    removed,   ///< `pair.key` is gone; value empty; last_index that of the removal, or 0
    reset,     ///< changes were lost: what is there now follows as `put`, the rest is gone
    caught_up, ///< all that was there at first (current_first), or after a reset, has come
};
/// `put`, `removed`, `reset`, `caught-up`.
[[nodiscard]] std::string_view name_of(EventKind kind) noexcept;

struct Event {
    EventKind kind = EventKind::put;
    KeyValue pair;
};

/// A stream of changes of a key or of all keys under a prefix. Each change of
/// a key is delivered once and in order. bolt: changes of one key that follow
/// each other quickly may come as the last of them. One thread at a time.
class Watch {
public:
    virtual ~Watch() = default;
    /// Waits for the next event. Returns nullopt when `timeout` is over.
    /// Errors: cancelled (`stop` was requested, or the store closed), and those
    /// of the backend that reconnecting does not mend (permission_denied,
    /// not_reachable after StoreOptions::give_up_after).
    virtual Result<std::optional<Event>> next(std::stop_token stop,
                                              std::chrono::milliseconds timeout) = 0;
};

struct LockOptions {
    std::string value = {}; ///< what get() of the lock's key shows: who holds it
    /// The lock is free this long after its holder stopped renewing it. etcd: a
    /// lease, whole seconds. bolt: not used; the kernel frees it with its process.
    std::chrono::milliseconds time_to_live{20'000};
};

/// A lock that at most one client holds. One thread at a time, but is_held().
class Lock {
public:
    /// Unlocks if it is held.
    virtual ~Lock() = default;
    /// Waits until it is held. It is renewed in the background from then on.
    /// Errors: cancelled, cannot_lock (held by this object already), not_reachable.
    virtual Result<void> acquire(std::stop_token stop) = 0;
    /// Requested as soon as the lock may no longer be held (its lease ended, or
    /// release()). Work under the lock should watch it. Valid after acquire().
    [[nodiscard]] virtual std::stop_token lost() const = 0;
    [[nodiscard]] virtual bool is_held() const = 0;
    /// Frees it. Errors: cannot_lock (not held), not_reachable (it is free when
    /// its time to live is over).
    virtual Result<void> release() = 0;
};

class Store {
public:
    virtual ~Store() = default;

    /// `bolt`, `etcd`, `memory`.
    [[nodiscard]] virtual std::string_view backend() const noexcept = 0;

    /// Errors of all calls: not_reachable, permission_denied, io, cancelled (the
    /// store is closed), damaged (bolt), key_required, key_too_large, value_too_large.
    virtual Result<void> put(std::string_view key, std::string_view value,
                             const PutOptions& options = {}) = 0;
    /// Errors: key_not_found.
    virtual Result<KeyValue> get(std::string_view key) = 0;
    virtual Result<bool> exists(std::string_view key) = 0;
    /// Errors: key_not_found.
    virtual Result<void> remove(std::string_view key) = 0;
    /// Puts all pairs, in order, in as few transactions as the backend can (bolt:
    /// one; a backend that does not override it: one a pair). Their last_index
    /// is not looked at. After an error the first of them may be there.
    virtual Result<void> put_all(std::span<const KeyValue> pairs);

    /// Calls visit(pair) for each key that begins with `prefix`, in key order,
    /// all of one state of the store, until it returns an error, which is passed
    /// on. A view is valid until visit() returns. Memory: bounded by one batch of
    /// pairs, not by their number. `visit` must not write to the store, nor close it.
    virtual Result<void> for_each(std::string_view prefix,
                                  const std::function<Result<void>(const PairView&)>& visit) = 0;
    /// All pairs of for_each. Errors: key_not_found if there is none, as libkv.
    Result<PairList> list(std::string_view prefix);
    /// Removes all keys that begin with `prefix`, in one transaction where the
    /// backend can. Returns how many. None is no error.
    virtual Result<std::size_t> remove_tree(std::string_view prefix) = 0;

    /// Writes `value` only if the key's last_index is still `previous->last_index`;
    /// with no `previous`, only if there is no such key. Returns the new pair.
    /// Errors: key_exists (no previous, but a key), key_modified (another index),
    /// key_not_found (previous, but no key).
    virtual Result<KeyValue> atomic_put(std::string_view key, std::string_view value,
                                        const std::optional<KeyValue>& previous,
                                        const PutOptions& options = {}) = 0;
    /// Errors: previous_required (none given), key_not_found, key_modified.
    virtual Result<void> atomic_remove(std::string_view key,
                                       const std::optional<KeyValue>& previous) = 0;

    /// Of one key; it need not be there.
    virtual Result<std::unique_ptr<Watch>> watch(std::string_view key,
                                                 const WatchOptions& options = {}) = 0;
    /// Of all keys that begin with `prefix`.
    virtual Result<std::unique_ptr<Watch>> watch_tree(std::string_view prefix,
                                                      const WatchOptions& options = {}) = 0;
    /// A lock named `key`; not yet acquired.
    virtual Result<std::unique_ptr<Lock>> new_lock(std::string_view key,
                                                   const LockOptions& options = {}) = 0;

    /// Ends all watches and locks with `cancelled`, and waits for calls that are
    /// under way. Later calls return cancelled. Idempotent; the destructor calls it.
    virtual void close() = 0;
};

struct StoreOptions {
    /// For the first connection, and for the file's lock on bolt.
    std::chrono::milliseconds connect_timeout{10'000};
    /// For one call; a call that may have been carried out when it is over says so.
    std::chrono::milliseconds call_timeout{10'000};
    /// How long a watch tries to reconnect before it ends with not_reachable; 0: for ever.
    std::chrono::milliseconds give_up_after{0};
    std::string user = {};      ///< etcd: empty for none
    std::string password = {};  ///< etcd
    std::string ca_file = {};   ///< etcd, TLS: PEM of who signed the servers' certificates
    std::string cert_file = {}; ///< etcd, TLS: the client's certificate
    std::string key_file = {};  ///< etcd, TLS: its key
    bool persistent = false;    ///< bolt: hold the file open (and its lock), not once per call
    bool create = true;         ///< bolt: make the file and bucket if they are missing
};

/// Opens the store that `url` names:
///   bolt:///path/to/file.db?bucket=NAME[&persistent=true]
///   etcd://[user:password@]host:port[,host:port…][/prefix][?ca=FILE&cert=FILE&key=FILE]
///   etcds://…  the same, with TLS (also chosen by ca=)
///   memory://[NAME]  a model for tests, in this process; one of a NAME is shared
/// What the URL says wins over `options`. Errors: invalid_argument (no such URL),
/// not_supported (a backend that is not compiled in), not_reachable, file_not_found,
/// permission_denied, lock_timeout, damaged.
Result<std::unique_ptr<Store>> open(std::string_view url, const StoreOptions& options = {});

/// Where the module with the etcd backend is; nullopt if there is none. Loads
/// nothing.
[[nodiscard]] std::optional<std::string> etcd_module_path();

} // namespace rebolt::store
