#include <rebolt/docker/datastore.hpp>

#include <type_traits>
#include <utility>
#include <variant>

#include "base/try.hpp"
#include "docker/key.hpp"
#include "schema/libkv_value.hpp"

namespace rebolt::docker {
namespace {

// A URL takes any byte of a path but these as it is.
std::string path_in_url(const std::string& path) {
    std::string text;
    for (const char c : path) {
        if (c == '%')
            text += "%25";
        else if (c == '?')
            text += "%3f";
        else
            text += c;
    }
    return text;
}

} // namespace

Result<store::Datastore> open_datastore(const std::string& path, const std::string& global_url) {
    store::DatastoreOptions options;
    options.local = "bolt://" + path_in_url(path) + "?bucket=" + std::string(bucket_name);
    options.global = global_url;
    options.root = root_chain.substr(0, root_chain.size() - 1);
    options.store.create = false;
    return store::Datastore::open(options);
}

template <class T>
store::KeyParts RecordKind<T>::prefix(const T& like) {
    if constexpr (std::is_same_v<T, Network>) {
        return {"network"};
    } else if constexpr (std::is_same_v<T, Endpoint>) {
        return like.network_id.empty() ? store::KeyParts{"endpoint"}
                                       : store::KeyParts{"endpoint", like.network_id};
    } else if constexpr (std::is_same_v<T, EndpointCount>) {
        return {"endpoint_count"};
    } else if constexpr (std::is_same_v<T, Sandbox>) {
        return {"sandbox"};
    } else if constexpr (std::is_same_v<T, BridgeNetwork>) {
        return {"bridge"};
    } else {
        static_assert(std::is_same_v<T, BridgeEndpoint>);
        return {"bridge-endpoint"};
    }
}

template <class T>
store::KeyParts RecordKind<T>::key(const T& record) {
    store::KeyParts parts = prefix(record);
    if constexpr (std::is_same_v<T, EndpointCount>)
        parts.push_back(record.network_id);
    else
        parts.push_back(record.id);
    return parts;
}

template <class T>
std::string RecordKind<T>::value(const T& record) {
    return serialize(record).substr(schema::libkv_index_bytes);
}

template <class T>
Result<T> RecordKind<T>::parse(const store::KeyValue& pair) {
    auto record = parse_record(
        pair.key, schema::make_libkv_value({.index = pair.last_index, .payload = pair.value}));
    if (!record)
        return Error(ErrorCode::damaged,
                     printable(pair.key) + ": " + printable(record.error().reason));
    T* found = std::get_if<T>(&*record);
    if (found == nullptr)
        return Error(ErrorCode::damaged, printable(pair.key) + ": a record of another kind");
    return std::move(*found);
}

template <class T>
store::Scope RecordKind<T>::scope(const T& record) {
    if constexpr (std::is_same_v<T, Network>)
        return record.scope == "global" ? store::Scope::global : store::Scope::local;
    return store::Scope::local;
}

template struct RecordKind<Network>;
template struct RecordKind<Endpoint>;
template struct RecordKind<EndpointCount>;
template struct RecordKind<Sandbox>;
template struct RecordKind<BridgeNetwork>;
template struct RecordKind<BridgeEndpoint>;

} // namespace rebolt::docker
