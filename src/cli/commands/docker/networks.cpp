// rebolt docker networks [FILE]
#include <algorithm>
#include <memory>

#include "cli/commands/docker/target.hpp"

namespace rebolt::cli {
namespace {

using docker::Network;
using docker::NetworkState;

std::string pools_of(const Network& network) {
    std::string text;
    for (const auto* pools : {&network.v4_pools, &network.v6_pools})
        for (const docker::PoolGrant& pool : *pools)
            text += (text.empty() ? "" : ",") + pool.pool;
    return text_or(text, "-");
}

Document pools_json(const std::vector<docker::PoolGrant>& pools) {
    Document json = Document::array();
    for (const docker::PoolGrant& pool : pools)
        json.push_back({{"pool", pool.pool}, {"gateway", pool.gateway}, {"pool_id", pool.pool_id}});
    return json;
}

std::string flags_of(const Network& network) {
    std::string text;
    const auto add = [&](bool is_set, const char* name) {
        if (is_set)
            text += (text.empty() ? "" : ",") + std::string(name);
    };
    add(network.is_internal, "internal");
    add(network.is_attachable, "attachable");
    add(network.is_ingress, "ingress");
    add(network.is_config_only, "config-only");
    add(network.in_deletion, "in-deletion");
    return text_or(text, "-");
}

Document network_json(const Network& network, const NetworkState& state) {
    const docker::EndpointCount* count = state.count(network.id);
    const docker::BridgeNetwork* bridge = state.bridge(network.id);
    return {{"id", network.id},
            {"name", network.name},
            {"driver", network.driver},
            {"scope", network.scope},
            {"created", network.created},
            {"ipam_driver", network.ipam_driver},
            {"v4", pools_json(network.v4_pools)},
            {"v6", pools_json(network.v6_pools)},
            {"bridge", bridge == nullptr ? Document(nullptr) : Document(bridge->bridge_name)},
            {"endpoints",
             std::ranges::count(state.endpoints, network.id, &docker::Endpoint::network_id)},
            {"endpoint_count", count == nullptr ? Document(nullptr) : Document(count->count)},
            {"labels", network.labels},
            {"options", network.driver_options},
            {"internal", network.is_internal},
            {"attachable", network.is_attachable},
            {"ingress", network.is_ingress},
            {"config_only", network.is_config_only},
            {"config_from", network.config_from},
            {"in_deletion", network.in_deletion}};
}

DockerView view_of(const NetworkState& state, const DockerOptions& options) {
    DockerView view{"networks", Table({"NETWORK ID", "NAME", "DRIVER", "SCOPE", "SUBNETS",
                                       "ENDPOINTS", "FLAGS"})};
    std::vector<const Network*> networks;
    networks.reserve(state.networks.size());
    for (const Network& network : state.networks)
        networks.push_back(&network);
    std::ranges::stable_sort(networks, {}, [](const Network* one) { return one->name; });
    for (const Network* network : networks) {
        view.table.add({options.id(network->id), network->name, network->driver, network->scope,
                        pools_of(*network),
                        std::to_string(std::ranges::count(state.endpoints, network->id,
                                                          &docker::Endpoint::network_id)),
                        flags_of(*network)});
        view.rows.push_back(network_json(*network, state));
    }
    return view;
}

} // namespace

void set_up_docker_networks(Arguments arguments) {
    auto options = std::make_shared<DockerOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt docker networks local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] {
        return show_docker(*options,
                           [&](const NetworkState& state) { return view_of(state, *options); });
    });
}

} // namespace rebolt::cli
