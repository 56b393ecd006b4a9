// libnetwork.New after the drivers, and the daemon's default networks.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "docker/address.hpp"
#include "docker/key.hpp"
#include "docker/startup_walk.hpp"

namespace rebolt::docker {
namespace {

// getNetworksFromStore: the list, then the map of all endpoint counts.
const Listed* networks_from_store(StartupWalk& walk, std::string_view place) {
    const Listed* networks = walk.list(place, "network");
    if (networks == nullptr)
        return nullptr;
    if (!networks->error.empty()) {
        walk.say(
            fmt::format("(debug) failed to get networks for scope local: {}", networks->error));
        return networks;
    }
    const Listed* counts = walk.map(place, "endpoint_count");
    if (counts == nullptr)
        return nullptr;
    if (!counts->error.empty())
        walk.say(
            fmt::format("failed to get endpoint_count map for scope local: {}", counts->error));
    return networks;
}

// getNetworksForScope: the list, then each network's own count.
bool networks_for_scope(StartupWalk& walk, std::string_view place,
                        std::vector<const Network*>& found, std::string& error) {
    const Listed* networks = walk.list(place, "network");
    if (networks == nullptr)
        return false;
    if (!networks->error.empty()) {
        error = fmt::format("failed to get networks for scope local: {}", networks->error);
        return true;
    }
    for (const Network* network : networks->all<Network>()) {
        const Listed* count = walk.list(place, "endpoint_count/" + network->id);
        if (count == nullptr)
            return false;
        if (!count->all<EndpointCount>().empty() || network->in_deletion) {
            found.push_back(network);
            continue;
        }
        walk.say(fmt::format("Could not find endpoint count key {} for network {} while listing: "
                             "{}",
                             make_key("endpoint_count", network->id), network->name,
                             count->error.empty() ? "Key not found in store" : count->error));
    }
    return true;
}

// What IPAM would say: every pool once, every address once.
class Addresses {
public:
    // False if one is taken already: libnetwork then has no pool for the network.
    bool take_pools(StartupWalk& walk, const Network& network) {
        bool all = true;
        for (const auto* pools : {&network.v4_pools, &network.v6_pools})
            for (const PoolGrant& grant : *pools) {
                const auto pool = parse_cidr(grant.pool);
                if (!pool)
                    continue;
                const bool taken = std::ranges::any_of(
                    pools_, [&](const Cidr& other) { return overlap(*pool, other); });
                all = all && !taken;
                if (taken)
                    walk.say(fmt::format("Failed to allocate ipam pool(s) for network \"{}\" ({}): "
                                         "Pool overlaps with other one on this address space",
                                         network.name, network.id));
                else
                    pools_.push_back(*pool);
            }
        return all;
    }
    void take_address(StartupWalk& walk, const Network& network, const Endpoint& endpoint) {
        if (!endpoint.interface)
            return walk.say(fmt::format("endpoint interface is empty for \"{}\" ({})",
                                        endpoint.name, endpoint.id));
        const std::string address = address_of(endpoint.interface->v4);
        if (!address.empty() && !addresses_.insert(network.id + address).second)
            walk.say(fmt::format("Failed to reserve current address for endpoint \"{}\" ({}) on "
                                 "network \"{}\" ({})",
                                 endpoint.name, endpoint.id, network.name, network.id));
    }

private:
    std::vector<Cidr> pools_;
    std::set<std::string> addresses_;
};

bool reserve_pools(StartupWalk& walk) {
    std::vector<const Network*> networks;
    std::string error;
    if (!networks_for_scope(walk, "reservePools", networks, error))
        return false;
    if (!error.empty())
        walk.say(fmt::format("Could not retrieve networks from local store during ipam allocation "
                             "for existing networks: {}",
                             error));
    Addresses addresses;
    for (const Network* network : networks) {
        if (network->is_config_only || network->ipam_driver == "null")
            continue;
        const Listed* endpoints =
            walk.list("reservePools, getEndpointsFromStore", "endpoint/" + network->id);
        if (endpoints == nullptr)
            return false;
        const bool has_pools = addresses.take_pools(walk, *network);
        for (const Endpoint* endpoint : endpoints->all<Endpoint>()) {
            // assignAddressVersion asks a pool that is nil whether it contains the address.
            if (!has_pools && endpoint->interface && !endpoint->interface->v4.empty()) {
                end_with(walk.report(),
                         {.kind = FateKind::panic,
                          .words = "runtime error: invalid memory address or nil pointer "
                                   "dereference",
                          .page = {},
                          .path = {}});
                return false;
            }
            addresses.take_address(walk, *network, *endpoint);
        }
    }
    return true;
}

bool clean_up_sandboxes(StartupWalk& walk, std::set<std::string>& removed) {
    const Listed* sandboxes = walk.list("sandboxCleanup", "sandbox");
    if (sandboxes == nullptr)
        return false;
    if (!sandboxes->error.empty())
        walk.say(fmt::format("failed to get sandboxes for scope local: {}", sandboxes->error));
    for (const Sandbox* sandbox : sandboxes->all<Sandbox>()) {
        if (!sandbox->endpoints.empty() &&
            networks_from_store(walk, "sandboxCleanup, getNetworkFromStore") == nullptr)
            return false;
        const Listed* networks = walk.list("sandboxCleanup, getNetworkFromStore", "network");
        const auto known = networks->all<Network>();
        for (const SandboxEndpoint& joined : sandbox->endpoints) {
            if (std::ranges::find(known, joined.network_id, &Network::id) == known.end()) {
                walk.say(fmt::format("getNetworkFromStore for nid {} failed while trying to build "
                                     "sandbox for cleanup: network {} not found",
                                     joined.network_id, joined.network_id));
                continue;
            }
            const Listed* endpoints =
                walk.list("sandboxCleanup, getEndpointFromStore", "endpoint/" + joined.network_id);
            if (endpoints == nullptr)
                return false;
            const auto all = endpoints->all<Endpoint>();
            if (std::ranges::find(all, joined.endpoint_id, &Endpoint::id) == all.end())
                walk.say(fmt::format("getEndpointFromStore for eid {} failed while trying to build "
                                     "sandbox for cleanup: could not find endpoint {}: []",
                                     joined.endpoint_id, joined.endpoint_id));
            removed.insert(joined.endpoint_id);
        }
        walk.say(fmt::format("Removing stale sandbox {} ({})", sandbox->id, sandbox->container_id));
    }
    return true;
}

bool clean_up_endpoints(StartupWalk& walk, const std::set<std::string>& removed) {
    std::vector<const Network*> networks;
    std::string error;
    if (!networks_for_scope(walk, "cleanupLocalEndpoints", networks, error))
        return false;
    if (!error.empty())
        walk.say(fmt::format("Could not get list of networks during endpoint cleanup: {}", error));
    for (const Network* network : networks) {
        if (network->is_config_only)
            continue;
        const Listed* listed = walk.list("cleanupLocalEndpoints", "endpoint/" + network->id);
        const Listed* counts =
            listed == nullptr ? nullptr
                              : walk.list("cleanupLocalEndpoints", "endpoint_count/" + network->id);
        if (counts == nullptr)
            return false;
        const auto endpoints = listed->all<Endpoint>();
        for (const Endpoint* endpoint : endpoints)
            if (!removed.contains(endpoint->id))
                walk.say(
                    fmt::format("Removing stale endpoint {} ({})", endpoint->name, endpoint->id));
        // Each removal has taken one from the count; none may be left.
        const auto count = counts->all<EndpointCount>();
        if (!count.empty() && count.front()->count > endpoints.size())
            walk.say(fmt::format("Fixing inconsistent endpoint_cnt for network {}. Expected=0, "
                                 "Actual={}",
                                 network->name, count.front()->count - endpoints.size()));
    }
    return true;
}

bool make_default_networks(StartupWalk& walk) {
    const Listed* networks = networks_from_store(walk, "initNetworkController, NetworkByName");
    if (networks == nullptr)
        return false;
    if (!networks->error.empty()) {
        walk.end_with_error(fmt::format("Error creating default \"null\" network: failed to update "
                                        "store for object type *libnetwork.network: {}",
                                        networks->error));
        return false;
    }
    const auto known = networks->all<Network>();
    for (const std::string_view name : {"none", "host", "bridge"})
        if (std::ranges::find(known, name, &Network::name) == known.end())
            walk.say(fmt::format("(not logged) there is no network {}: it is made anew", name));
    walk.report().networks = static_cast<std::uint64_t>(known.size());
    return true;
}

// Steps that differ in nothing a person could see are counted together.
void join_alike(std::vector<StartupStep>& steps) {
    std::vector<StartupStep> joined;
    for (StartupStep& step : steps) {
        const bool alike = !joined.empty() && joined.back().place == step.place &&
                           joined.back().is_cached && step.is_cached &&
                           joined.back().prefix == step.prefix;
        if (!alike) {
            joined.push_back(std::move(step));
            continue;
        }
        for (std::string& message : step.messages)
            joined.back().messages.push_back(std::move(message));
    }
    steps = std::move(joined);
}

bool walk_all(StartupWalk& walk) {
    std::set<std::string> removed;
    if (networks_from_store(walk, "WalkNetworks, getNetworksFromStore") == nullptr ||
        !reserve_pools(walk) || !clean_up_sandboxes(walk, removed) ||
        !clean_up_endpoints(walk, removed))
        return false;
    const Listed* networks = networks_from_store(walk, "networkCleanup");
    if (networks == nullptr)
        return false;
    for (const Network* network : networks->all<Network>())
        if (network->in_deletion)
            walk.say(fmt::format("Removing stale network {} ({})", network->name, network->id));
    return make_default_networks(walk);
}

} // namespace

bool walk_controller(StartupWalk& walk) {
    const bool done = walk_all(walk);
    join_alike(walk.report().steps);
    return done;
}

} // namespace rebolt::docker
