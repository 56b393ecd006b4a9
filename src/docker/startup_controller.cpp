// libnetwork.New after the drivers, and the daemon's default networks.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "docker/address.hpp"
#include "docker/release_facts.hpp"
#include "docker/startup_walk.hpp"

namespace rebolt::docker {
namespace {

// What IPAM would say: in an address space every pool once, every address once.
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
                std::vector<Cidr>& space = pools_[grant.address_space];
                const bool taken = std::ranges::any_of(
                    space, [&](const Cidr& other) { return overlap(*pool, other); });
                all = all && !taken;
                if (taken)
                    walk.say(fmt::format("Failed to allocate ipam pool(s) for network \"{}\" ({}): "
                                         "{}",
                                         network.name, network.id,
                                         value_in(fact::pool_clash, walk.version())),
                             network.key);
                else
                    space.push_back(*pool);
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
    std::map<std::string, std::vector<Cidr>> pools_; // by address space
    std::set<std::string> addresses_;
};

// Go looks for the nth grant of the nth request.
bool has_all_grants(StartupWalk& walk, const Network& network) {
    if (!value_in(fact::missing_pool_panics, walk.version()))
        return true;
    using Requests = std::vector<PoolRequest>;
    using Grants = std::vector<PoolGrant>;
    for (const auto& [requests, grants] :
         {std::pair<const Requests&, const Grants&>{network.v4_requests, network.v4_pools},
          {network.v6_requests, network.v6_pools}})
        if (requests.size() > grants.size()) {
            walk.end_with_panic(fmt::format("runtime error: index out of range [{0}] with length "
                                            "{0}",
                                            grants.size()),
                                network.key);
            return false;
        }
    return true;
}

// assignAddressVersion asks a pool that is nil whether it contains the address.
bool take_addresses(StartupWalk& walk, const Network& network, Addresses& addresses) {
    const Listed* endpoints =
        walk.list("reservePools, getEndpointsFromStore", "endpoint/" + network.id);
    if (endpoints == nullptr)
        return false;
    if (!endpoints->error.empty())
        walk.say(fmt::format(fmt::runtime(value_in(fact::endpoints_unread, walk.version())),
                             network.name, endpoints->error),
                 endpoints->key);
    const bool has_pools = addresses.take_pools(walk, network);
    for (const Endpoint* endpoint : endpoints->all<Endpoint>()) {
        if (!has_pools && endpoint->interface && !endpoint->interface->v4.empty() &&
            value_in(fact::pool_clash_panics, walk.version())) {
            walk.end_with_panic("runtime error: invalid memory address or nil pointer dereference",
                                endpoint->key);
            return false;
        }
        addresses.take_address(walk, network, *endpoint);
    }
    return true;
}

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
        if (!has_all_grants(walk, *network) || !take_addresses(walk, *network, addresses))
            return false;
    }
    return true;
}

// An endpoint of a sandbox that is removed. False if the start ends here.
bool clean_up_joined(StartupWalk& walk, const SandboxEndpoint& joined, const Network& network) {
    const Listed* endpoints =
        walk.list("sandboxCleanup, getEndpointFromStore", "endpoint/" + joined.network_id);
    if (endpoints == nullptr)
        return false;
    const auto all = endpoints->all<Endpoint>();
    if (std::ranges::find(all, joined.endpoint_id, &Endpoint::id) != all.end())
        return change_count(walk, "sandboxCleanup, atomicIncDecEpCnt", network);
    walk.say(fmt::format(fmt::runtime(value_in(fact::sandbox_endpoint_gone, walk.version())),
                         joined.endpoint_id));
    return true;
}

// False if the start ends here.
bool clean_up_sandbox(StartupWalk& walk, const Sandbox& sandbox, std::set<std::string>& removed) {
    constexpr const char* place = "sandboxCleanup, getNetworkFromStore";
    bool all_known = true;
    for (const SandboxEndpoint& joined : sandbox.endpoints) {
        const Listed* networks = networks_from_store(walk, place);
        if (networks == nullptr)
            return false;
        const auto known = networks->all<Network>();
        const auto network = std::ranges::find(known, joined.network_id, &Network::id);
        if (network == known.end()) {
            all_known = false;
            walk.say(fmt::format(fmt::runtime(value_in(fact::sandbox_network_gone, walk.version())),
                                 joined.network_id));
            continue;
        }
        if (!clean_up_joined(walk, joined, **network))
            return false;
        removed.insert(joined.endpoint_id);
    }
    walk.say(fmt::format(fmt::runtime(value_in(fact::stale_sandbox, walk.version())), sandbox.id,
                         sandbox.container_id));
    if (!all_known && value_in(fact::sandbox_of_gone_network_stays, walk.version()))
        walk.say(fmt::format("Failed to delete sandbox {} while trying to cleanup: could not "
                             "cleanup all the endpoints in container {} / sandbox {}",
                             sandbox.id, sandbox.container_id, sandbox.id));
    return true;
}

bool clean_up_sandboxes(StartupWalk& walk, std::set<std::string>& removed) {
    const Listed* sandboxes = walk.list("sandboxCleanup", "sandbox");
    if (sandboxes == nullptr)
        return false;
    if (!sandboxes->error.empty())
        walk.say(fmt::format(fmt::runtime(value_in(fact::sandboxes_unread, walk.version())),
                             sandboxes->error),
                 sandboxes->key);
    return std::ranges::all_of(sandboxes->all<Sandbox>(), [&](const Sandbox* sandbox) {
        return clean_up_sandbox(walk, *sandbox, removed);
    });
}

// Each removal has taken one from the count; none may be left. False if the start
// ends here.
bool compare_count(StartupWalk& walk, const Network& network, std::size_t removed) {
    if (!value_in(fact::counts_are_read, walk.version()))
        return true;
    const Listed* counts = walk.list("cleanupLocalEndpoints", "endpoint_count/" + network.id);
    if (counts == nullptr)
        return false;
    const auto count = counts->all<EndpointCount>();
    if (!count.empty() && count.front()->count > removed)
        walk.say(fmt::format("Fixing inconsistent endpoint_cnt for network {}. Expected=0, "
                             "Actual={}",
                             network.name, count.front()->count - removed));
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
        if (listed == nullptr)
            return false;
        const auto endpoints = listed->all<Endpoint>();
        for (const Endpoint* endpoint : endpoints)
            if (!removed.contains(endpoint->id))
                walk.say(
                    fmt::format("Removing stale endpoint {} ({})", endpoint->name, endpoint->id));
        if (!compare_count(walk, *network, endpoints.size()))
            return false;
    }
    return true;
}

bool clean_up_networks(StartupWalk& walk) {
    const Listed* networks = networks_from_store(walk, "networkCleanup");
    if (networks == nullptr)
        return false;
    for (const Network* network : networks->all<Network>()) {
        if (!network->in_deletion)
            continue;
        walk.say(fmt::format("Removing stale network {} ({})", network->name, network->id));
        if (!change_count(walk, "networkCleanup", *network))
            return false;
    }
    return true;
}

// The default bridge is recreated at each start. False if that ends it.
bool remake_bridge(StartupWalk& walk, const std::vector<const Network*>& known) {
    const Listed* bridges = walk.list("createNetwork, bridge", "bridge");
    if (bridges == nullptr)
        return false;
    for (const BridgeNetwork* bridge : bridges->all<BridgeNetwork>()) {
        if (!bridge->is_default ||
            std::ranges::find(known, bridge->id, &Network::id) != known.end())
            continue;
        if (!value_in(fact::stale_default_bridge_ends_it, walk.version())) {
            walk.say(fmt::format("Found stale default bridge network {} ({})", bridge->id,
                                 bridge->bridge_name));
            continue;
        }
        walk.end_with_error(fmt::format("error creating default \"bridge\" network: cannot create "
                                        "network <its new id> ({0}): conflicts with network {1} "
                                        "({0}): networks have same bridge name",
                                        bridge->bridge_name, bridge->id),
                            bridge->key, "");
        return false;
    }
    const auto old = std::ranges::find(known, "bridge", &Network::name);
    if (std::ranges::count(known, "bridge", &Network::name) > 1 &&
        !value_in(fact::names_may_repeat, walk.version())) {
        walk.end_with_error("error creating default \"bridge\" network: network with name bridge "
                            "already exists",
                            (*old)->key, "");
        return false;
    }
    return old == known.end() || change_count(walk, "initNetworkController, Delete", **old);
}

bool make_default_networks(StartupWalk& walk) {
    const Listed* networks = networks_from_store(walk, "initNetworkController, NetworkByName");
    if (networks == nullptr)
        return false;
    if (!networks->error.empty()) {
        walk.end_with_error(
            fmt::format(fmt::runtime(value_in(fact::default_network_error, walk.version())),
                        networks->error),
            networks->key, "");
        return false;
    }
    const auto known = networks->all<Network>();
    for (const std::string_view name : {"none", "host", "bridge"})
        if (std::ranges::find(known, name, &Network::name) == known.end())
            walk.say(fmt::format("(not logged) there is no network {}: it is recreated", name));
    walk.report().networks = static_cast<std::uint64_t>(known.size());
    return remake_bridge(walk, known);
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
        !clean_up_endpoints(walk, removed) || !clean_up_networks(walk))
        return false;
    return make_default_networks(walk);
}

} // namespace

bool walk_controller(StartupWalk& walk) {
    const bool done = walk_all(walk);
    join_alike(walk.report().steps);
    return done;
}

} // namespace rebolt::docker
