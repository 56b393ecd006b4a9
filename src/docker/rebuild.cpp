#include "docker/rebuild.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "docker/address.hpp"

namespace rebolt::docker {
namespace {

constexpr std::size_t bridge_id_digits = 12;
constexpr std::string_view address_space = "LocalDefault";

std::string text_of(const Cidr& cidr) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (::inet_ntop(cidr.is_v6 ? AF_INET6 : AF_INET, cidr.bytes.data(), text.data(), text.size()) ==
        nullptr)
        return "";
    return fmt::format("{}/{}", text.data(), cidr.prefix_bits);
}

// The pool that an address with prefix lies in: `172.21.0.2/16` in 172.21.0.0/16.
std::string pool_of(std::string_view cidr) {
    const auto parsed = parse_cidr(cidr);
    if (!parsed)
        return "";
    auto bytes = parsed->bytes;
    for (std::size_t bit = parsed->prefix_bits; bit < bytes.size() * 8; ++bit)
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
    return text_of(Cidr{bytes, parsed->is_v6, parsed->prefix_bits});
}

std::string with_prefix(const std::string& address, std::int64_t bits) {
    return address.empty() ? "" : fmt::format("{}/{}", address, bits);
}

// The pool's first address: what libnetwork gives the bridge.
std::string first_address_of(const std::string& pool) {
    auto parsed = parse_cidr(pool);
    if (!parsed)
        return "";
    const std::size_t last = parsed->is_v6 ? 15 : 3;
    parsed->bytes[last] = static_cast<std::uint8_t>(parsed->bytes[last] | 1U);
    return text_of(*parsed);
}

void add_pool(const std::string& pool, const std::string& gateway,
              std::vector<PoolRequest>& requests, std::vector<PoolGrant>& grants) {
    if (pool.empty())
        return;
    requests.push_back({.pool = pool, .sub_pool = "", .gateway = "", .auxiliary = {}});
    grants.push_back({.address_space = std::string(address_space),
                      .gateway = gateway,
                      .pool = pool,
                      .pool_id = fmt::format("{}/{}", address_space, pool)});
}

/// What all attachments together say of one family.
struct Family {
    std::string address; ///< of one of them, with prefix
    std::string gateway; ///< with prefix
};

Family family_of(const std::vector<Attachment>& attachments, bool is_v6) {
    Family family;
    for (const auto& [container, place] : attachments) {
        const std::int64_t bits = is_v6 ? place->v6_prefix_bits : place->prefix_bits;
        if (family.address.empty())
            family.address = with_prefix(is_v6 ? place->v6_address : place->address, bits);
        if (family.gateway.empty())
            family.gateway = with_prefix(is_v6 ? place->v6_gateway : place->gateway, bits);
    }
    return family;
}

// Compose names a network `project_key`, and refuses one without its labels.
void add_compose_labels(const std::vector<Attachment>& attachments, Network& network) {
    constexpr const char* project_label = "com.docker.compose.project";
    for (const auto& [container, place] : attachments) {
        const auto project = container->labels.find(project_label);
        if (project == container->labels.end() || project->second.empty() ||
            !network.name.starts_with(project->second + "_"))
            continue;
        network.labels[project_label] = project->second;
        network.labels["com.docker.compose.network"] =
            network.name.substr(project->second.size() + 1);
        return;
    }
}

void use_bridge(const BridgeNetwork& bridge, Network& network, Family& v4, Family& v6) {
    v4.gateway = bridge.v4.empty() ? v4.gateway : bridge.v4;
    v6.gateway = bridge.v6.empty() ? v6.gateway : bridge.v6;
    network.is_internal = bridge.is_internal;
    if (bridge.bridge_name != "br-" + network.id.substr(0, bridge_id_digits))
        network.driver_options["com.docker.network.bridge.name"] = bridge.bridge_name;
    if (bridge.mtu != 0)
        network.driver_options["com.docker.network.driver.mtu"] = std::to_string(bridge.mtu);
    if (!bridge.masquerades)
        network.driver_options["com.docker.network.bridge.enable_ip_masquerade"] = "false";
    if (!bridge.lets_containers_talk)
        network.driver_options["com.docker.network.bridge.enable_icc"] = "false";
}

// ipvlan's and macvlan's own record has all but the labels.
void use_vlan(const VlanNetwork& vlan, Network& network) {
    network.driver = vlan.driver;
    network.is_internal = vlan.is_internal;
    network.driver_options["parent"] = vlan.parent;
    network.driver_options[vlan.driver + "_mode"] = vlan.mode;
    if (vlan.mtu != 0)
        network.driver_options["com.docker.network.driver.mtu"] = std::to_string(vlan.mtu);
    for (const VlanSubnet& subnet : vlan.v4_subnets)
        add_pool(subnet.subnet, subnet.gateway, network.v4_requests, network.v4_pools);
    for (const VlanSubnet& subnet : vlan.v6_subnets)
        add_pool(subnet.subnet, subnet.gateway, network.v6_requests, network.v6_pools);
}

// Pools of a bridge network. An internal one gives its containers no gateway.
void add_pools(const Family& v4, const Family& v6, Network& network) {
    const auto add = [&](const Family& family, std::vector<PoolRequest>& requests,
                         std::vector<PoolGrant>& grants) {
        const std::string pool = pool_of(family.gateway.empty() ? family.address : family.gateway);
        add_pool(pool, family.gateway.empty() ? first_address_of(pool) : family.gateway, requests,
                 grants);
    };
    if (v4.gateway.empty() && v6.gateway.empty() && !(v4.address.empty() && v6.address.empty()))
        network.is_internal = true;
    add(v4, network.v4_requests, network.v4_pools);
    add(v6, network.v6_requests, network.v6_pools);
    network.has_ipv4 = !network.v4_pools.empty();
}

// Those that are exposed, and those that are published; each once.
std::vector<PortBinding> exposed_ports_of(const Container& container) {
    std::vector<PortBinding> ports = container.exposed;
    for (const PortBinding& port : container.ports) {
        const bool is_there = std::ranges::any_of(ports, [&](const PortBinding& other) {
            return other.port == port.port && other.protocol == port.protocol;
        });
        if (!is_there)
            ports.push_back({.protocol = port.protocol,
                             .address = "",
                             .port = port.port,
                             .host_address = "",
                             .host_port = 0,
                             .host_port_end = 0});
    }
    return ports;
}

// A container's ports are published in the network that it was made in.
bool publishes_in(const Container& container, const ContainerNetwork& place) {
    const std::string& mode = container.network_mode;
    return container.networks.size() == 1 || mode == place.name || mode == place.network_id ||
           (mode == "default" && place.name == "bridge");
}

std::string option(const Network& network, const std::string& name) {
    const auto at = network.driver_options.find("com.docker.network." + name);
    return at == network.driver_options.end() ? "" : at->second;
}

} // namespace

std::optional<BridgeNetwork> rebuild_bridge(const Network& network) {
    const auto gateway_of = [](const std::vector<PoolGrant>& pools) {
        return pools.empty() ? std::string() : pools.front().gateway;
    };
    const std::string v4 = gateway_of(network.v4_pools);
    const std::string v6 = gateway_of(network.v6_pools);
    if (v4.empty() && (network.has_ipv4 || v6.empty()))
        return std::nullopt;
    BridgeNetwork bridge;
    bridge.index = 1;
    bridge.id = network.id;
    bridge.bridge_name = option(network, "bridge.name");
    if (bridge.bridge_name.empty())
        bridge.bridge_name =
            network.name == "bridge" ? "docker0" : "br-" + network.id.substr(0, bridge_id_digits);
    bridge.v4 = v4;
    bridge.v6 = v6;
    const std::string mtu = option(network, "driver.mtu");
    std::from_chars(mtu.data(), mtu.data() + mtu.size(), bridge.mtu);
    bridge.is_default = option(network, "bridge.default_bridge") == "true";
    bridge.is_internal = network.is_internal;
    bridge.has_ipv6 = network.has_ipv6;
    bridge.masquerades = option(network, "bridge.enable_ip_masquerade") != "false";
    bridge.lets_containers_talk = option(network, "bridge.enable_icc") != "false";
    return bridge;
}

RebuiltNetwork rebuild_network(const NetworkState& state,
                               const std::vector<Attachment>& attachments) {
    Network network;
    network.index = 1;
    network.id = attachments.front().place->network_id;
    network.name = attachments.front().place->name;
    network.driver = "bridge";
    network.scope = "local";
    network.persists = true;
    network.created = "0001-01-01T00:00:00Z"; // Go's zero time
    network.address_space = address_space;
    add_compose_labels(attachments, network);
    RebuiltNetwork rebuilt;
    rebuilt.unknown = {network.labels.empty() ? "labels" : "labels beside Compose's"};
    Family v4 = family_of(attachments, false);
    Family v6 = family_of(attachments, true);
    const auto vlan = std::ranges::find(state.vlans, network.id, &VlanNetwork::id);
    const BridgeNetwork* bridge = state.bridge(network.id);
    if (vlan != state.vlans.end()) {
        use_vlan(*vlan, network);
    } else {
        if (bridge != nullptr)
            use_bridge(*bridge, network, v4, v6);
        else
            rebuilt.unknown.emplace_back("its driver (taken to be bridge) and options, such as "
                                         "the bridge's name and its MTU");
        add_pools(v4, v6, network);
    }
    rebuilt.unknown.emplace_back("the address range in its pool, auxiliary addresses");
    network.has_ipv6 = !network.v6_pools.empty();
    if (!network.v4_pools.empty() || !network.v6_pools.empty())
        rebuilt.network = std::move(network);
    else
        rebuilt.unknown = {"its pools: none of its containers has an address"};
    return rebuilt;
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
    endpoint.v6_gateway = place.v6_gateway;
    endpoint.aliases = place.aliases;
    endpoint.dns_names = place.dns_names;
    if (publishes_in(container, place)) {
        endpoint.published_ports = container.ports;
        endpoint.exposed_ports = exposed_ports_of(container);
    }
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

Sandbox rebuild_sandbox(const NetworkState& state, const Container& container) {
    Sandbox sandbox;
    sandbox.index = 1;
    sandbox.id = container.sandbox_id;
    sandbox.container_id = container.id;
    for (const ContainerNetwork& place : container.networks)
        if (!place.endpoint_id.empty() && state.network(place.network_id) != nullptr)
            sandbox.endpoints.push_back({place.endpoint_id, place.network_id});
    return sandbox;
}

} // namespace rebolt::docker
