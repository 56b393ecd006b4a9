// datastore: typed objects in a store, as libnetwork keeps its own. Objects of
// local scope live on this machine and are cached; those of global scope live
// in a cluster.
//
//   struct Phone {
//       std::string owner;
//       std::string number;
//   };
//   template <>
//   struct rebolt::store::Kind<Phone> {
//       static KeyParts prefix(const Phone&) { return {"phone"}; }
//       static KeyParts key(const Phone& phone) { return {"phone", phone.owner}; }
//       static std::string value(const Phone& phone) { return phone.owner + "=" + phone.number; }
//       static Result<Phone> parse(const KeyValue& pair) {
//           const std::size_t middle = pair.value.find('=');
//           return Phone{pair.value.substr(0, middle), pair.value.substr(middle + 1)};
//       }
//       static Scope scope(const Phone&) { return Scope::local; }
//   };
//   auto data =
//       rebolt::store::Datastore::open({.local = "bolt:///var/lib/app/kv.db?bucket=app"});
//   if (!data)
//       return std::move(data).error();
//   rebolt::store::Object<Phone> phone{{"Jo", "0815"}};
//   return data->put_object_atomic(phone); // key_modified: another writer was faster
//
// Keys are libnetwork's: the root, the parts and at last a slash, all joined by
// slashes. Objects whose value is empty are directory markers, and not listed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/datastore_object.hpp>
#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

struct DatastoreOptions {
    std::string local = {};  ///< URL of the store of local objects; empty: none
    std::string global = {}; ///< of global ones; empty: none
    std::string root = "docker/network/v1.0";
    StoreOptions store = {};
};

/// Two stores and a cache. The cache keeps a prefix from the first listing of
/// it on, filled by one list call, and follows all later changes of the file,
/// whoever makes them: a listing is what the store holds now. It is for local
/// objects on bolt (and memory) alone. Safe to use from many threads. Calls on
/// a scope that has no store fail with not_supported. Errors of all calls:
/// those of the store.
class Datastore {
public:
    static Result<Datastore> open(const DatastoreOptions& options);
    /// Either store may be null.
    Datastore(std::unique_ptr<Store> local, std::unique_ptr<Store> global, std::string root);
    Datastore(Datastore&&) noexcept;
    Datastore& operator=(Datastore&&) noexcept;
    ~Datastore();

    /// Writes whatever is there, and sets the object's index.
    template <class T>
    Result<void> put_object(Object<T>& object) {
        return put(object, Comparison::none);
    }
    /// Writes only if the store holds the object with this index, or, with
    /// index 0, does not hold it; sets the new index. Errors: key_modified
    /// (written or made since), key_not_found (removed since).
    template <class T>
    Result<void> put_object_atomic(Object<T>& object) {
        return put(object, Comparison::with_index);
    }
    /// Errors: key_not_found.
    template <class T>
    Result<void> delete_object(const Object<T>& object) {
        return erase(Kind<T>::scope(object.value), key_of(Kind<T>::key(object.value)));
    }
    /// Removes only what has this index. Errors: key_modified, key_not_found,
    /// previous_required (index 0).
    template <class T>
    Result<void> delete_object_atomic(const Object<T>& object) {
        return erase_atomic(Kind<T>::scope(object.value), key_of(Kind<T>::key(object.value)),
                            object.index);
    }

    /// `like`: an object with what its key is made of. Errors: key_not_found,
    /// Kind<T>::parse's.
    template <class T>
    [[nodiscard]] Result<Object<T>> get_object(const T& like) {
        auto pair = get(Kind<T>::scope(like), key_of(Kind<T>::key(like)));
        if (!pair)
            return std::move(pair).error();
        return parsed<T>(*pair);
    }
    /// All objects under the prefix of `like`, in key order. None is no error.
    /// Errors: Kind<T>::parse's, if one cannot be read.
    template <class T>
    [[nodiscard]] Result<std::vector<Object<T>>> list(const T& like = {}) {
        std::vector<Object<T>> objects;
        auto done = visit(
            like, [&](std::string&&, Object<T>&& object) { objects.push_back(std::move(object)); });
        if (!done)
            return std::move(done).error();
        return objects;
    }
    /// The same by key.
    template <class T>
    [[nodiscard]] Result<std::map<std::string, Object<T>>> map(const T& like = {}) {
        std::map<std::string, Object<T>> objects;
        auto done = visit(like, [&](std::string&& key, Object<T>&& object) {
            objects.emplace(std::move(key), std::move(object));
        });
        if (!done)
            return std::move(done).error();
        return objects;
    }
    /// Changes of all objects under the prefix of `like`.
    template <class T>
    [[nodiscard]] Result<ObjectWatch<T>> watch(const T& like = {},
                                               const WatchOptions& options = {}) {
        auto begun = begin_watch(Kind<T>::scope(like), key_of(Kind<T>::prefix(like)), options);
        if (!begun)
            return std::move(begun).error();
        return ObjectWatch<T>(std::move(*begun));
    }

    /// `docker/network/v1.0/network/<id>/`.
    [[nodiscard]] std::string key_of(const KeyParts& parts) const;
    /// The store of a scope, null if there is none. Valid as long as this object.
    [[nodiscard]] Store* store(Scope scope) const noexcept;

private:
    class State;
    enum class Comparison : bool { none, with_index };
    using Pairs = std::vector<KeyValue>;

    template <class T>
    static Result<Object<T>> parsed(const KeyValue& pair) {
        auto value = Kind<T>::parse(pair);
        if (!value)
            return std::move(value).error();
        return Object<T>{std::move(*value), pair.last_index};
    }
    template <class T>
    Result<void> put(Object<T>& object, Comparison comparison) {
        const T& value = object.value;
        auto index = put_pair(Kind<T>::scope(value),
                              {key_of(Kind<T>::key(value)), Kind<T>::value(value), object.index},
                              comparison);
        if (!index)
            return std::move(index).error();
        object.index = *index;
        return {};
    }
    template <class T, class Take>
    Result<void> visit(const T& like, Take&& take) {
        auto pairs = list_pairs(Kind<T>::scope(like), key_of(Kind<T>::prefix(like)));
        if (!pairs)
            return std::move(pairs).error();
        for (KeyValue& pair : *pairs) {
            auto object = parsed<T>(pair);
            if (!object)
                return std::move(object).error();
            take(std::move(pair.key), std::move(*object));
        }
        return {};
    }

    Result<std::uint64_t> put_pair(Scope scope, const KeyValue& pair, Comparison comparison);
    Result<void> erase(Scope scope, std::string_view key);
    Result<void> erase_atomic(Scope scope, std::string_view key, std::uint64_t index);
    [[nodiscard]] Result<KeyValue> get(Scope scope, std::string_view key);
    /// Without directory markers.
    [[nodiscard]] Result<Pairs> list_pairs(Scope scope, const std::string& prefix);
    [[nodiscard]] Result<std::unique_ptr<Watch>> begin_watch(Scope scope, std::string_view prefix,
                                                             const WatchOptions& options);

    std::unique_ptr<State> state_;
};

} // namespace rebolt::store
