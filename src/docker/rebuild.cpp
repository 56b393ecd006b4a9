#include "docker/rebuild.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "docker/address.hpp"

namespace rebolt::docker {
namespace {

constexpr std::size_t short_id = 12;
constexpr std::string_view address_space = "LocalDefault";

// The pool that an address with prefix lies in: `172.21.0.2/16` in 172.21.0.0/16.
std::string pool_of(std::string_view cidr) {
    const auto parsed = parse_cidr(cidr);
    if (!parsed)
        return "";
    auto bytes = parsed->bytes;
    for (std::size_t bit = parsed->prefix_bits; bit < bytes.size() * 8; ++bit)
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (::inet_ntop(parsed->is_v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size()) ==
        nullptr)
        return "";
    return fmt::format("{}/{}", text.data(), parsed->prefix_bits);
}

std::string with_prefix(const std::string& address, std::int64_t bits) {
    return address.empty() ? "" : fmt::format("{}/{}", address, bits);
}

void add_pool(const std::string& gateway, std::vector<PoolRequest>& requests,
              std::vector<PoolGrant>& grants) {
    const std::string pool = pool_of(gateway);
    if (pool.empty())
        return;
    requests.push_back({.pool = pool, .sub_pool = "", .gateway = "", .auxiliary = {}});
    grants.push_back({.address_space = std::string(address_space),
                      .gateway = gateway,
                      .pool = pool,
                      .pool_id = fmt::format("{}/{}", address_space, pool)});
}

std::string driver_of(const NetworkState& state, const ContainerNetwork& place) {
    if (place.name == "host")
        return "host";
    if (place.name == "none")
        return "null";
    const auto vlan = std::ranges::find(state.vlans, place.network_id, &VlanNetwork::id);
    return vlan == state.vlans.end() ? "bridge" : vlan->driver;
}

std::string option(const Network& network, const std::string& name) {
    const auto at = network.driver_options.find("com.docker.network." + name);
    return at == network.driver_options.end() ? "" : at->second;
}

} // namespace

std::optional<BridgeNetwork> rebuild_bridge(const Network& network) {
    if (network.v4_pools.empty() || network.v4_pools.front().gateway.empty())
        return std::nullopt;
    BridgeNetwork bridge;
    bridge.index = 1;
    bridge.id = network.id;
    bridge.bridge_name = option(network, "bridge.name");
    if (bridge.bridge_name.empty())
        bridge.bridge_name =
            network.name == "bridge" ? "docker0" : "br-" + network.id.substr(0, short_id);
    bridge.v4 = network.v4_pools.front().gateway;
    if (!network.v6_pools.empty())
        bridge.v6 = network.v6_pools.front().gateway;
    const std::string mtu = option(network, "driver.mtu");
    std::from_chars(mtu.data(), mtu.data() + mtu.size(), bridge.mtu);
    bridge.is_default = option(network, "bridge.default_bridge") == "true";
    bridge.is_internal = network.is_internal;
    bridge.has_ipv6 = network.has_ipv6;
    bridge.masquerades = option(network, "bridge.enable_ip_masquerade") != "false";
    bridge.lets_containers_talk = option(network, "bridge.enable_icc") != "false";
    return bridge;
}

std::optional<Network> rebuild_network(const NetworkState& state,
                                       const std::vector<const ContainerNetwork*>& places) {
    const ContainerNetwork& first = *places.front();
    Network network;
    network.index = 1;
    network.id = first.network_id;
    network.name = first.name;
    network.driver = driver_of(state, first);
    network.scope = "local";
    network.persists = true;
    network.created = "0001-01-01T00:00:00Z"; // Go's zero time
    if (network.driver == "host" || network.driver == "null")
        return network;
    network.address_space = address_space;
    std::string gateway;
    std::string v6_gateway;
    for (const ContainerNetwork* place : places) {
        if (gateway.empty())
            gateway = with_prefix(place->gateway, place->prefix_bits);
        if (v6_gateway.empty())
            v6_gateway = with_prefix(place->v6_gateway, place->v6_prefix_bits);
    }
    if (const BridgeNetwork* bridge = state.bridge(network.id)) {
        gateway = bridge->v4.empty() ? gateway : bridge->v4;
        v6_gateway = bridge->v6.empty() ? v6_gateway : bridge->v6;
        network.is_internal = bridge->is_internal;
        if (bridge->bridge_name != "br-" + network.id.substr(0, short_id))
            network.driver_options["com.docker.network.bridge.name"] = bridge->bridge_name;
        if (bridge->mtu != 0)
            network.driver_options["com.docker.network.driver.mtu"] = std::to_string(bridge->mtu);
    }
    add_pool(gateway, network.v4_requests, network.v4_pools);
    add_pool(v6_gateway, network.v6_requests, network.v6_pools);
    network.has_ipv6 = !network.v6_pools.empty();
    if (network.v4_pools.empty())
        return std::nullopt;
    return network;
}

Endpoint rebuild_endpoint(const NetworkState& state, const Container& container,
                          const ContainerNetwork& place) {
    Endpoint endpoint;
    endpoint.index = 1;
    endpoint.id = place.endpoint_id;
    endpoint.network_id = place.network_id;
    endpoint.name = container.name;
    endpoint.sandbox_id = container.sandbox_id;
    endpoint.gateway = place.gateway;
    endpoint.aliases = place.aliases;
    endpoint.published_ports = container.ports;
    for (const PortBinding& port : container.ports)
        endpoint.exposed_ports.push_back({.protocol = port.protocol,
                                          .address = "",
                                          .port = port.port,
                                          .host_address = "",
                                          .host_port = 0,
                                          .host_port_end = 0});
    EndpointInterface interface;
    interface.mac = place.mac;
    interface.v4 = with_prefix(place.address, place.prefix_bits);
    interface.v6 = with_prefix(place.v6_address, place.v6_prefix_bits);
    interface.destination_prefix = "eth";
    if (const BridgeEndpoint* bridge = state.bridge_endpoint(place.endpoint_id))
        interface.source_name = bridge->source_name;
    if (const Network* network = state.network(place.network_id)) {
        if (!network->v4_pools.empty())
            interface.v4_pool_id = network->v4_pools.front().pool_id;
        if (!network->v6_pools.empty())
            interface.v6_pool_id = network->v6_pools.front().pool_id;
    }
    endpoint.interface = std::move(interface);
    return endpoint;
}

} // namespace rebolt::docker
