// network_state: all of libnetwork's records in a file, also in a damaged one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/docker/records.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::docker {

/// A value that is there and is no record.
struct UnreadableRecord {
    std::string key;
    std::string value;
    RecordFault fault;
};

/// What a file holds, in key order. Of a damaged file: what is sound in its
/// newest state; what is missing is counted.
struct NetworkState {
    std::vector<Network> networks;
    std::vector<Endpoint> endpoints;
    std::vector<EndpointCount> counts;
    std::vector<Sandbox> sandboxes;
    std::vector<BridgeNetwork> bridges;
    std::vector<BridgeEndpoint> bridge_endpoints;
    std::vector<VlanNetwork> vlans;
    std::vector<DriverEndpoint> driver_endpoints;
    std::vector<AddressSpace> address_spaces;
    std::vector<BitSequence> bit_sequences;
    std::vector<OtherRecord> others;
    std::uint64_t markers = 0;

    std::vector<UnreadableRecord> unreadable;
    bool is_whole = true;             ///< the file has no physical damage in its newest state
    std::uint64_t damaged_ranges = 0; ///< stretches of keys whose page is damaged
    std::uint64_t lost_estimate = 0;  ///< keys in them; estimated

    /// Records of all kinds, markers not counted.
    [[nodiscard]] std::uint64_t record_count() const noexcept;
    /// Nothing is damaged and every value is a record.
    [[nodiscard]] bool is_complete() const noexcept { return is_whole && unreadable.empty(); }

    /// Puts a record in its list.
    void add(Record record);

    /// By id; null if there is none. Cost: O(records of the kind).
    [[nodiscard]] const Network* network(std::string_view id) const noexcept;
    [[nodiscard]] const Endpoint* endpoint(std::string_view id) const noexcept;
    [[nodiscard]] const Sandbox* sandbox(std::string_view id) const noexcept;
    [[nodiscard]] const EndpointCount* count(std::string_view network_id) const noexcept;
    [[nodiscard]] const BridgeEndpoint* bridge_endpoint(std::string_view id) const noexcept;
    [[nodiscard]] const BridgeNetwork* bridge(std::string_view id) const noexcept;
};

/// Reads all records. Errors: damaged (nothing in it is a bbolt page), io,
/// out_of_memory, bucket_not_found (the file is not Docker's network state).
/// Cost: O(file).
[[nodiscard]] Result<NetworkState> load_network_state(const PageSource& source);

/// `tcp`, `udp`, `sctp`, or the number.
[[nodiscard]] std::string protocol_name(std::int64_t protocol);

} // namespace rebolt::docker
