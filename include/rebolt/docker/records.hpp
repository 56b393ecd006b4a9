// records: what libnetwork keeps in local-kv.db, one type for each kind.
//
// Keys are `docker/network/v1.0/<kind>/<id>…/`; values an 8-byte index and
// JSON. Each record keeps the JSON it was read from: fields that are not known
// here stay, and one that was not changed is written byte for byte as it was.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <rebolt/docker/driver_records.hpp>

namespace rebolt::docker {

/// What was asked of IPAM for a network.
struct PoolRequest {
    std::string pool; ///< CIDR; empty: whichever is free
    std::string sub_pool;
    std::string gateway;
    TextMap auxiliary; ///< name to address
};

/// What IPAM gave.
struct PoolGrant {
    std::string address_space;
    std::string gateway; ///< address with prefix: `172.21.0.1/16`
    std::string pool;    ///< CIDR
    std::string pool_id;
};

struct Network : RecordOrigin {
    std::string id;
    std::string name;
    std::string driver;
    std::string created; ///< RFC 3339; empty in old files
    std::string scope;
    std::string ipam_driver = "default";
    std::string address_space;
    std::string config_from;
    TextMap labels;
    TextMap driver_options; ///< `com.docker.network.bridge.name` and the like
    std::vector<PoolRequest> v4_requests;
    std::vector<PoolRequest> v6_requests;
    std::vector<PoolGrant> v4_pools;
    std::vector<PoolGrant> v6_pools;
    bool has_ipv4 = true; ///< false from Docker 28 on only
    bool has_ipv6 = false;
    bool persists = false;
    bool is_internal = false;
    bool is_attachable = false;
    bool is_ingress = false;
    bool is_config_only = false;
    bool in_deletion = false; ///< its removal was begun and not ended
};

struct EndpointInterface {
    std::string mac;
    std::string v4; ///< with prefix: `172.21.0.2/16`
    std::string v6;
    std::string source_name;
    std::string destination_prefix;
    std::string v4_pool_id;
    std::string v6_pool_id;
};

struct Endpoint : RecordOrigin {
    std::string id;
    std::string network_id; ///< from its key
    std::string name;
    std::string sandbox_id; ///< empty: joined to none
    std::optional<EndpointInterface> interface;
    std::string gateway; ///< of its join
    std::string v6_gateway;
    std::vector<std::string> aliases;   ///< up to Docker 24
    std::vector<std::string> dns_names; ///< from Docker 25 on: all of its names
    std::vector<PortBinding> exposed_ports;
    std::vector<PortBinding> published_ports; ///< as asked for
    bool is_anonymous = false;
};

struct EndpointCount : RecordOrigin {
    std::string network_id; ///< from its key
    std::uint64_t count = 0;
};

struct SandboxEndpoint {
    std::string endpoint_id;
    std::string network_id;
};

struct Sandbox : RecordOrigin {
    std::string id;
    std::string container_id;
    std::vector<SandboxEndpoint> endpoints;
    std::vector<std::string> external_dns;
};

/// A directory marker: a key with an index and nothing behind.
struct Marker : RecordOrigin {};

/// JSON under a key of no kind that is known; kept as it is.
struct OtherRecord : RecordOrigin {};

using Record =
    std::variant<Network, Endpoint, EndpointCount, Sandbox, BridgeNetwork, BridgeEndpoint,
                 VlanNetwork, DriverEndpoint, AddressSpace, BitSequence, Marker, OtherRecord>;

/// Why a value is no record, in the words of Docker where it has some.
struct RecordFault {
    std::string reason;
    bool panics = false; ///< reading it, dockerd panics; else it gets an error
};

/// Parses a value by the kind its key names. Strict: a field of another type
/// than libnetwork takes is a fault. Cost: O(value); nesting is bounded.
[[nodiscard]] std::expected<Record, RecordFault> parse_record(std::string_view key,
                                                              std::string_view value);
/// The value's bytes: index and JSON, as Go's encoder writes it. A record that
/// was not changed gives the bytes it was read from. Cost: O(value).
[[nodiscard]] std::string serialize(const Record& record);
/// The key this record belongs under, from its kind and ids; its own key for
/// kinds without one.
[[nodiscard]] std::string key_of(const Record& record);

} // namespace rebolt::docker
