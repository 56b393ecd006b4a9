// Docker's records as objects of a datastore: libnetwork's controller, read and
// written through the same interface as a cluster's.
//
//   auto data = rebolt::docker::open_datastore("/var/lib/docker/network/files/local-kv.db");
//   if (!data)
//       return std::move(data).error();
//   auto networks = data->list<rebolt::docker::Network>();
//   if (!networks)
//       return std::move(networks).error();
//   for (const auto& network : *networks)
//       std::puts(network.value.name.c_str());
//
// Beside a running dockerd listing is safe: each call waits for its turn, and
// none holds the file. Do not write then: dockerd keeps what it has read.
#pragma once

#include <string>

#include <rebolt/datastore.hpp>
#include <rebolt/docker/records.hpp>
#include <rebolt/result.hpp>

namespace rebolt::docker {

/// Opens the file's bucket `libnetwork` as the store of local objects. A file
/// that is not there is not made. Errors: as store::open.
[[nodiscard]] Result<store::Datastore> open_datastore(const std::string& path,
                                                      const std::string& global_url = {});

/// Where a kind of record is kept, how it is written and read. Reading is as
/// strict as libnetwork: `damaged` says what its decoder would say.
template <class T>
struct RecordKind {
    static store::KeyParts prefix(const T& like);
    static store::KeyParts key(const T& record);
    static std::string value(const T& record);
    static Result<T> parse(const store::KeyValue& pair);
    static store::Scope scope(const T& record);
};

extern template struct RecordKind<Network>;
extern template struct RecordKind<Endpoint>;
extern template struct RecordKind<EndpointCount>;
extern template struct RecordKind<Sandbox>;
extern template struct RecordKind<BridgeNetwork>;
extern template struct RecordKind<BridgeEndpoint>;

} // namespace rebolt::docker

namespace rebolt::store {

template <>
struct Kind<docker::Network> : docker::RecordKind<docker::Network> {};
/// Without a network's id the prefix is that of all networks' endpoints.
template <>
struct Kind<docker::Endpoint> : docker::RecordKind<docker::Endpoint> {};
template <>
struct Kind<docker::EndpointCount> : docker::RecordKind<docker::EndpointCount> {};
template <>
struct Kind<docker::Sandbox> : docker::RecordKind<docker::Sandbox> {};
template <>
struct Kind<docker::BridgeNetwork> : docker::RecordKind<docker::BridgeNetwork> {};
template <>
struct Kind<docker::BridgeEndpoint> : docker::RecordKind<docker::BridgeEndpoint> {};

} // namespace rebolt::store
