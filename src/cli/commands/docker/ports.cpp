// rebolt docker ports [FILE], rebolt docker ipam [FILE]
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/commands/docker/target.hpp"

namespace rebolt::cli {
namespace {

using docker::Endpoint;
using docker::NetworkState;
using docker::PortBinding;

std::string host_side(const PortBinding& port) {
    const bool is_v6 = port.host_address.find(':') != std::string::npos;
    return fmt::format(fmt::runtime(is_v6 ? "[{}]:{}" : "{}:{}"),
                       text_or(port.host_address, "0.0.0.0"), port.host_port);
}

// As the bridge driver carried them out; for other drivers, as asked for.
const std::vector<PortBinding>& ports_of(const NetworkState& state, const Endpoint& endpoint) {
    const docker::BridgeEndpoint* bridge = state.bridge_endpoint(endpoint.id);
    return bridge == nullptr ? endpoint.published_ports : bridge->port_mapping;
}

DockerView ports_view(const NetworkState& state, const DockerOptions& options) {
    DockerView view{"ports", Table({"ENDPOINT ID", "NAME", "HOST", "CONTAINER"})};
    for (const Endpoint& endpoint : state.endpoints)
        for (const PortBinding& port : ports_of(state, endpoint)) {
            const std::string protocol = docker::protocol_name(port.protocol);
            view.table.add(
                {options.id(endpoint.id), endpoint.name, host_side(port),
                 fmt::format("{}:{}/{}", text_or(port.address, "-"), port.port, protocol)});
            view.rows.push_back({{"endpoint_id", endpoint.id},
                                 {"name", endpoint.name},
                                 {"network_id", endpoint.network_id},
                                 {"protocol", protocol},
                                 {"host_address", port.host_address},
                                 {"host_port", port.host_port},
                                 {"address", port.address},
                                 {"port", port.port}});
        }
    return view;
}

void add_pool(DockerView& view, const NetworkState& state, const docker::Network& network,
              const docker::PoolGrant& pool, bool is_v6) {
    Document held = Document::array();
    std::vector<std::string> addresses;
    for (const Endpoint& endpoint : state.endpoints) {
        if (endpoint.network_id != network.id || !endpoint.interface)
            continue;
        const std::string& cidr = is_v6 ? endpoint.interface->v6 : endpoint.interface->v4;
        if (cidr.empty())
            continue;
        addresses.push_back(cidr.substr(0, cidr.find('/')));
        held.push_back(
            {{"address", addresses.back()}, {"name", endpoint.name}, {"endpoint_id", endpoint.id}});
    }
    view.table.add({pool.pool, network.name, pool.gateway.substr(0, pool.gateway.find('/')),
                    std::to_string(addresses.size()),
                    text_or(fmt::format("{}", fmt::join(addresses, ",")), "-")});
    view.rows.push_back({{"pool", pool.pool},
                         {"address_space", pool.address_space},
                         {"network_id", network.id},
                         {"network", network.name},
                         {"gateway", pool.gateway},
                         {"held", held}});
}

DockerView ipam_view(const NetworkState& state) {
    DockerView view{"ipam", Table({"POOL", "NETWORK", "GATEWAY", "HELD", "ADDRESSES"})};
    for (const docker::Network& network : state.networks) {
        for (const docker::PoolGrant& pool : network.v4_pools)
            add_pool(view, state, network, pool, false);
        for (const docker::PoolGrant& pool : network.v6_pools)
            add_pool(view, state, network, pool, true);
    }
    for (const docker::AddressSpace& space : state.address_spaces)
        for (const auto& [name, uses] : space.pools)
            view.table.add({name, "(stored)", "-", std::to_string(uses), "-"});
    for (const docker::BitSequence& sequence : state.bit_sequences)
        view.table.add({sequence.id, "(" + sequence.owner + ")", "-",
                        fmt::format("{} of {}", sequence.bits - sequence.unselected, sequence.bits),
                        "-"});
    return view;
}

} // namespace

void set_up_docker_ports(Arguments arguments) {
    auto options = std::make_shared<DockerOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt docker ports local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] {
        return show_docker(*options,
                           [&](const NetworkState& state) { return ports_view(state, *options); });
    });
}

void set_up_docker_ipam(Arguments arguments) {
    auto options = std::make_shared<DockerOptions>();
    options->add_to(arguments);
    arguments.footer("Docker 20.10 keeps its pools in memory: shown is what networks and endpoints "
                     "say.\nExample: rebolt docker ipam local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] { return show_docker(*options, ipam_view); });
}

} // namespace rebolt::cli
