#include <rebolt/datastore.hpp>

#include <optional>

#include "base/try.hpp"
#include "store/object_cache.hpp"

namespace rebolt::store {

std::string_view name_of(Scope scope) noexcept {
    switch (scope) {
    case Scope::local:
        return "local";
    case Scope::global:
        return "global";
    }
    return "unknown";
}

class Datastore::State {
public:
    State(std::unique_ptr<Store> local, std::unique_ptr<Store> global, std::string root)
        : local_(std::move(local)), global_(std::move(global)), root_(std::move(root)) {
        // A cache must never lag behind its store: only a watch that looks at
        // the file itself is as new as that.
        if (local_ && local_->backend() != "etcd")
            cache_.emplace(*local_);
    }

    [[nodiscard]] Store* of(Scope scope) const noexcept {
        return scope == Scope::local ? local_.get() : global_.get();
    }
    Result<Store*> need(Scope scope) const {
        if (Store* store = of(scope))
            return store;
        return Error(ErrorCode::not_supported,
                     scope == Scope::local ? "there is no store for objects of local scope"
                                           : "there is no store for objects of global scope");
    }
    [[nodiscard]] ObjectCache* cache(Scope scope) noexcept {
        return scope == Scope::local && cache_ ? &*cache_ : nullptr;
    }
    [[nodiscard]] const std::string& root() const noexcept { return root_; }

private:
    std::unique_ptr<Store> local_;
    std::unique_ptr<Store> global_;
    std::string root_;
    std::optional<ObjectCache> cache_; ///< gone before its store is
};

Result<Datastore> Datastore::open(const DatastoreOptions& options) {
    std::unique_ptr<Store> local;
    std::unique_ptr<Store> global;
    if (!options.local.empty())
        local = TRY(store::open(options.local, options.store));
    if (!options.global.empty())
        global = TRY(store::open(options.global, options.store));
    return Datastore(std::move(local), std::move(global), options.root);
}

Datastore::Datastore(std::unique_ptr<Store> local, std::unique_ptr<Store> global, std::string root)
    : state_(std::make_unique<State>(std::move(local), std::move(global), std::move(root))) {}
Datastore::Datastore(Datastore&&) noexcept = default;
Datastore& Datastore::operator=(Datastore&&) noexcept = default;
Datastore::~Datastore() = default;

std::string Datastore::key_of(const KeyParts& parts) const {
    std::string key = state_->root();
    for (const std::string& part : parts)
        key += "/" + part;
    return key + "/";
}

Store* Datastore::store(Scope scope) const noexcept {
    return state_->of(scope);
}

Result<std::uint64_t> Datastore::put_pair(Scope scope, const KeyValue& pair,
                                          Comparison comparison) {
    Store& store = *TRY(state_->need(scope));
    std::optional<KeyValue> previous;
    if (pair.last_index != 0)
        previous = pair;
    while (true) {
        if (comparison == Comparison::none) {
            auto there = store.get(pair.key);
            if (!there && there.error().code() != ErrorCode::key_not_found)
                return std::move(there).error();
            previous = there ? std::optional(std::move(*there)) : std::nullopt;
        }
        auto put = store.atomic_put(pair.key, pair.value, previous);
        if (put)
            return put->last_index;
        const ErrorCode code = put.error().code();
        const bool was_overtaken = code == ErrorCode::key_modified ||
                                   code == ErrorCode::key_exists ||
                                   code == ErrorCode::key_not_found;
        if (comparison == Comparison::none && was_overtaken)
            continue;
        if (code == ErrorCode::key_exists) // as libnetwork: somebody else has made it since
            return Error(ErrorCode::key_modified, put.error().message());
        return std::move(put).error();
    }
}

Result<void> Datastore::erase(Scope scope, std::string_view key) {
    return TRY(state_->need(scope))->remove(key);
}

Result<void> Datastore::erase_atomic(Scope scope, std::string_view key, std::uint64_t index) {
    std::optional<KeyValue> previous;
    if (index != 0)
        previous = KeyValue{std::string(key), "", index};
    return TRY(state_->need(scope))->atomic_remove(key, previous);
}

Result<KeyValue> Datastore::get(Scope scope, std::string_view key) {
    Store* store = TRY(state_->need(scope));
    if (ObjectCache* cache = state_->cache(scope))
        return cache->get(key);
    return store->get(key);
}

Result<Datastore::Pairs> Datastore::list_pairs(Scope scope, const std::string& prefix) {
    Store* store = TRY(state_->need(scope));
    Pairs pairs;
    if (ObjectCache* cache = state_->cache(scope)) {
        pairs = TRY(cache->list(prefix));
    } else {
        TRY(store->for_each(prefix, [&](const PairView& pair) {
            pairs.push_back(KeyValue::copy_of(pair));
            return Result<void>();
        }));
    }
    std::erase_if(pairs, [](const KeyValue& pair) { return pair.value.empty(); });
    return pairs;
}

Result<std::unique_ptr<Watch>> Datastore::begin_watch(Scope scope, std::string_view prefix,
                                                      const WatchOptions& options) {
    return TRY(state_->need(scope))->watch_tree(prefix, options);
}

} // namespace rebolt::store
