// driver_records: what libnetwork's drivers and its IPAM keep, and what all
// records have (see records.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rebolt::docker {

/// What all kinds have.
struct RecordOrigin {
    std::string key;         ///< in the bucket `libnetwork`; empty: not stored yet
    std::uint64_t index = 0; ///< libkv's, what its compare-and-swap compares
    std::string json;        ///< as it was read; empty: a new record
};

using TextMap = std::map<std::string, std::string>;

/// A published or exposed port.
struct PortBinding {
    std::int64_t protocol = 0; ///< IP protocol number: 6 tcp, 17 udp, 132 sctp
    std::string address;       ///< the container's
    std::int64_t port = 0;
    std::string host_address;
    std::int64_t host_port = 0;
    std::int64_t host_port_end = 0;
};

/// The bridge driver's own state of a network.
struct BridgeNetwork : RecordOrigin {
    std::string id;
    std::string bridge_name;
    std::string v4; ///< the bridge's address with prefix
    std::string v6;
    std::int64_t mtu = 0;
    bool is_default = false;
    bool is_internal = false;
    bool has_ipv6 = false;
    bool masquerades = false;
    bool lets_containers_talk = false; ///< EnableICC
};

struct BridgeEndpoint : RecordOrigin {
    std::string id;
    std::string network_id;
    std::string source_name;
    std::string mac;
    std::string v4;
    std::string v6;
    std::vector<PortBinding> port_mapping; ///< as carried out
};

struct VlanSubnet {
    std::string subnet;
    std::string gateway;
};

/// The ipvlan or the macvlan driver's state of a network.
struct VlanNetwork : RecordOrigin {
    std::string driver; ///< `ipvlan` or `macvlan`, from its key
    std::string id;
    std::string parent; ///< the host's interface
    std::string mode;
    std::int64_t mtu = 0;
    bool is_internal = false;
    bool made_parent = false;
    std::vector<VlanSubnet> v4_subnets;
    std::vector<VlanSubnet> v6_subnets;
};

/// An endpoint of the ipvlan, macvlan or overlay driver.
struct DriverEndpoint : RecordOrigin {
    std::string driver; ///< from its key
    std::string id;
    std::string network_id;
    std::string source_name;
    std::string mac;
    std::string v4;
    std::string v6;
};

/// IPAM's pools of an address space. Docker 20.10 keeps them in memory only;
/// older versions stored them.
struct AddressSpace : RecordOrigin {
    std::string name;
    std::string scope;
    std::map<std::string, std::int64_t> pools; ///< `LocalDefault/172.17.0.0/16` to uses
};

/// A run of 32-bit blocks that are all alike.
struct BitRun {
    std::uint32_t block;
    std::uint64_t count;
};

/// Which addresses of a pool, or which ids of a range, are taken.
struct BitSequence : RecordOrigin {
    std::string owner; ///< `ipam/default/data`, `idm`, …: from its key
    std::string id;
    std::uint64_t bits = 0;
    std::uint64_t unselected = 0; ///< how many are free
    std::vector<BitRun> runs;
};

} // namespace rebolt::docker
