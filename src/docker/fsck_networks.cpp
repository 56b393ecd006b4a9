// The finders of what is wrong with networks and bridges, and of lost records.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "docker/address.hpp"
#include "docker/fsck_finders.hpp"
#include "docker/key.hpp"
#include "docker/rebuild.hpp"
#include "docker/release_facts.hpp"

namespace rebolt::docker {
namespace {

void find_in_deletion(FsckWork& work, const Network& network) {
    if (!network.in_deletion)
        return;
    std::vector<RecordChange> repair{removal(network.key, "remove the network")};
    if (const EndpointCount* count = work.state.count(network.id))
        repair.push_back(removal(count->key, "remove its count"));
    if (const BridgeNetwork* bridge = work.state.bridge(network.id))
        repair.push_back(removal(bridge->key, "remove the bridge driver's record"));
    work.add(FsckCode::network_in_deletion, network.key,
             fmt::format("the removal of network {} was begun and not ended",
                         named(network.name, network.id)),
             fmt::format("network {} not found; at its next start dockerd logs `Removing stale "
                         "network {} ({})`",
                         network.name, network.name, network.id),
             std::move(repair));
}

// A default network is recreated with another id; an older one may come back from
// an older page or a snapshot. The newest stays.
std::vector<RecordChange> repair_of_twins(const FsckWork& work,
                                          const std::vector<const Network*>& twins) {
    std::vector<RecordChange> repair;
    if (!is_default_network(twins.front()->name))
        return repair;
    const Network* newest = *std::ranges::max_element(twins, {}, &Network::created);
    for (const Network* network : twins) {
        if (network == newest)
            continue;
        repair.push_back(removal(network->key, fmt::format("remove the older network {}",
                                                           named(network->name, network->id))));
        if (const EndpointCount* count = work.state.count(network->id))
            repair.push_back(removal(count->key, "remove its count"));
        if (const BridgeNetwork* bridge = work.state.bridge(network->id))
            repair.push_back(removal(bridge->key, "remove the bridge driver's record"));
    }
    return repair;
}

void find_names_twice(FsckWork& work) {
    std::map<std::string, std::vector<const Network*>> by_name;
    for (const Network& network : work.state.networks)
        by_name[network.name].push_back(&network);
    const bool ends_it = !value_in(fact::names_may_repeat, work.releases).value_or(false);
    for (const auto& [name, networks] : by_name)
        if (networks.size() > 1)
            work.add(FsckCode::network_name_twice, networks.back()->key,
                     fmt::format("{} networks are called {}: {} and {}", networks.size(), name,
                                 networks[0]->id.substr(0, 12), networks[1]->id.substr(0, 12)),
                     name == "bridge" && ends_it
                         ? std::string("from Docker 25 on dockerd does not start: `error creating "
                                       "default \"bridge\" network: network with name bridge "
                                       "already exists`")
                         : fmt::format("network {} is ambiguous ({} matches found on name)", name,
                                       networks.size()),
                     repair_of_twins(work, networks));
}

struct Pool {
    const Network* network;
    std::string space; ///< IPAM's: pools of two of them may overlap
    std::string text;
    Cidr cidr;
};

std::string overlap_consequence(const FsckWork& work, const Pool& pool) {
    const Network& network = *pool.network;
    std::string text = fmt::format(
        "Failed to allocate ipam pool(s) for network \"{}\" ({}): {}", network.name, network.id,
        value_in(fact::pool_clash, work.releases)
            .value_or("Pool overlaps with other one on this address space"));
    const auto panics = value_in(fact::pool_clash_panics, work.releases);
    if (panics.value_or(true))
        text += fmt::format("; if it has endpoints{}, `panic: runtime error: invalid memory "
                            "address or nil pointer dereference`",
                            panics ? "" : ", before Docker 29");
    const auto used_up = value_in(fact::no_pool_left, work.releases);
    if (used_up)
        text += fmt::format("; a pool that is not counted as taken may end in `{}`",
                            fmt::format(fmt::runtime(*used_up), pool.cidr.is_v6 ? 6 : 4));
    return text;
}

// Docker never makes two networks that overlap: one was removed, and has come
// back with an older page. If containers are in one of them it is the other.
std::vector<RecordChange> repair_of_overlap(const FsckWork& work, const Network& one,
                                            const Network& other) {
    if (work.is_wanted(one.id) == work.is_wanted(other.id))
        return {};
    const Network& unwanted = work.is_wanted(one.id) ? other : one;
    std::vector<RecordChange> repair{
        removal(unwanted.key, fmt::format("remove network {}, which no container is in",
                                          named(unwanted.name, unwanted.id)))};
    if (const EndpointCount* count = work.state.count(unwanted.id))
        repair.push_back(removal(count->key, "remove its count"));
    if (const BridgeNetwork* bridge = work.state.bridge(unwanted.id))
        repair.push_back(removal(bridge->key, "remove the bridge driver's record"));
    return repair;
}

// Sorted by first address, the wider first, a pool overlaps the one that is
// open around it or none: pools nest or are apart.
void find_overlaps(FsckWork& work) {
    std::vector<Pool> pools;
    for (const Network& network : work.state.networks)
        for (const auto* grants : {&network.v4_pools, &network.v6_pools})
            for (const PoolGrant& grant : *grants)
                if (const auto cidr = parse_cidr(grant.pool);
                    cidr && network.ipam_driver != "null") // which gives all the same
                    pools.push_back({&network, grant.address_space, grant.pool, *cidr});
    const auto order = [](const Pool& pool) {
        return std::tie(pool.space, pool.cidr.is_v6, pool.cidr.bytes, pool.cidr.prefix_bits);
    };
    std::ranges::stable_sort(pools, std::ranges::less{}, order);
    const Pool* around = nullptr;
    for (const Pool& pool : pools) {
        if (around == nullptr || around->space != pool.space || !overlap(around->cidr, pool.cidr)) {
            around = &pool;
            continue;
        }
        work.add(FsckCode::pools_overlap, pool.network->key,
                 fmt::format("pool {} of network {} overlaps {} of {}", pool.text,
                             named(pool.network->name, pool.network->id), around->text,
                             named(around->network->name, around->network->id)),
                 overlap_consequence(work, pool),
                 repair_of_overlap(work, *around->network, *pool.network));
    }
}

// What was asked of IPAM, and not given. A configuration is asked of nobody.
void find_missing_pools(FsckWork& work, const Network& network) {
    if (network.is_config_only || network.ipam_driver == "null" || network.driver == "host" ||
        network.driver == "null" ||
        (network.v4_requests.size() <= network.v4_pools.size() &&
         network.v6_requests.size() <= network.v6_pools.size()))
        return;
    const std::size_t given = network.v4_requests.size() > network.v4_pools.size()
                                  ? network.v4_pools.size()
                                  : network.v6_pools.size();
    const auto panics = value_in(fact::missing_pool_panics, work.releases);
    std::string consequence =
        !panics.value_or(true)
            ? std::string("its start gives it a pool that is free, which may be another one")
            : fmt::format("dockerd does not start{}: `panic: runtime error: index out of range "
                          "[{}] with length {}`",
                          panics ? "" : ", before Docker 29", given, given);
    work.add(FsckCode::pool_missing, network.key,
             fmt::format("network {} was asked for more pools than it has",
                         named(network.name, network.id)),
             std::move(consequence));
}

void find_bridge_names_twice(FsckWork& work) {
    std::map<std::string, const BridgeNetwork*> by_name;
    for (const BridgeNetwork& bridge : work.state.bridges) {
        const auto [other, is_new] = by_name.try_emplace(bridge.bridge_name, &bridge);
        if (!is_new)
            work.add(FsckCode::bridge_name_twice, bridge.key,
                     fmt::format("bridge {} is used by networks {} and {}", bridge.bridge_name,
                                 other->second->id.substr(0, 12), bridge.id.substr(0, 12)),
                     fmt::format("cannot create network {} ({}): conflicts with network {} ({}): "
                                 "networks have same bridge name",
                                 bridge.id, bridge.bridge_name, other->second->id,
                                 other->second->bridge_name));
    }
}

// By the endpoints' networks: what the containers say of each.
void find_lost_networks(FsckWork& work) {
    std::map<std::string, std::vector<Attachment>> lost;
    for (const Container& container : work.containers->all)
        for (const ContainerNetwork& place : container.networks)
            if (!place.network_id.empty() && !is_default_network(place.name) &&
                work.state.network(place.network_id) == nullptr)
                lost[place.network_id].push_back({&container, &place});
    for (const auto& [id, attachments] : lost) {
        std::vector<RecordChange> repair;
        RebuiltNetwork rebuilt = rebuild_network(work.state, attachments);
        if (rebuilt.network) {
            repair.push_back(
                writing(*rebuilt.network, "rebuild the network from the containers' files"));
            EndpointCount count;
            count.network_id = id;
            count.index = 1;
            if (work.state.count(id) == nullptr)
                repair.push_back(writing(count, "write its endpoint count"));
        }
        work.add(FsckCode::container_network_lost, make_key("network", id),
                 fmt::format("{} {} in network {}, which is lost", attachments.size(),
                             attachments.size() == 1 ? "container is" : "containers are",
                             named(attachments.front().place->name, id)),
                 fmt::format("Error response from daemon: network {} not found", id),
                 std::move(repair));
        work.findings.back().unknown = std::move(rebuilt.unknown);
    }
}

// The endpoint's sandbox, where it does not name it, or is lost too.
std::optional<RecordChange> joined_sandbox(const NetworkState& state, const Container& container,
                                           const ContainerNetwork& place) {
    const Sandbox* found = state.sandbox(container.sandbox_id);
    if (found == nullptr) {
        if (container.sandbox_id.empty())
            return std::nullopt;
        return writing(rebuild_sandbox(state, container), "and its container's sandbox");
    }
    if (std::ranges::find(found->endpoints, place.endpoint_id, &SandboxEndpoint::endpoint_id) !=
        found->endpoints.end())
        return std::nullopt;
    Sandbox sandbox = *found;
    sandbox.endpoints.push_back({place.endpoint_id, place.network_id});
    return writing(sandbox, "and name it in its sandbox");
}

void find_lost_endpoints(FsckWork& work) {
    for (const Container& container : work.containers->all) {
        if (!container.is_running)
            continue;
        for (const ContainerNetwork& place : container.networks) {
            const bool has_network = work.state.network(place.network_id) != nullptr;
            if (place.endpoint_id.empty() || work.state.endpoint(place.endpoint_id) != nullptr ||
                (!has_network && is_default_network(place.name)))
                continue;
            std::vector<RecordChange> repair;
            if (has_network)
                repair.push_back(
                    writing(rebuild_endpoint(work.state, container, place),
                            fmt::format("rebuild endpoint {} from its container's file",
                                        named(container.name, place.endpoint_id))));
            if (auto change = joined_sandbox(work.state, container, place);
                change && !repair.empty())
                repair.push_back(std::move(*change));
            work.add(
                FsckCode::container_endpoint_lost,
                make_key("endpoint", place.network_id, place.endpoint_id),
                fmt::format("running container {} has endpoint {} in network {}, which is lost",
                            named(container.name, container.id), place.endpoint_id.substr(0, 12),
                            place.name),
                fmt::format("endpoint {} not found", place.endpoint_id), std::move(repair));
        }
    }
}

std::string bridge_consequence(const FsckWork& work, const BridgeNetwork& bridge) {
    if (!bridge.is_default)
        return fmt::format(
            "the interface {} and its subnet stay taken: `{}`, or `networks have overlapping IPv4`",
            bridge.bridge_name,
            fmt::format(fmt::runtime(value_in(fact::no_pool_left, work.releases)
                                         .value_or("all predefined address pools have been fully "
                                                   "subnetted")),
                        4));
    const auto ends_it = value_in(fact::stale_default_bridge_ends_it, work.releases);
    if (ends_it == false)
        return fmt::format("at its next start dockerd logs `Found stale default bridge network {} "
                           "({})` and removes it",
                           bridge.id, bridge.bridge_name);
    return fmt::format("dockerd does not start{0}: `error creating default \"bridge\" network: "
                       "cannot create network … ({1}): conflicts with network {2} ({1}): networks "
                       "have same bridge name`",
                       ends_it ? "" : ", from Docker 25 on", bridge.bridge_name, bridge.id);
}

} // namespace

// Docker looks these up by name: a stopped container keeps the id of one that was
// recreated since.
bool is_default_network(const std::string& name) {
    return name == "bridge" || name == "host" || name == "none" || name == "default";
}

void find_network_damage(FsckWork& work) {
    for (const Network& network : work.state.networks) {
        find_in_deletion(work, network);
        find_missing_pools(work, network);
    }
    find_names_twice(work);
    find_overlaps(work);
}

void find_bridge_damage(FsckWork& work) {
    const NetworkState& state = work.state;
    find_bridge_names_twice(work);
    for (const Network& network : state.networks) {
        if (network.driver != "bridge" || network.is_config_only || network.in_deletion ||
            state.bridge(network.id) != nullptr)
            continue;
        const auto bridge = rebuild_bridge(network);
        work.add(FsckCode::bridge_missing, make_key("bridge", network.id),
                 fmt::format("the bridge driver has no record of network {}",
                             named(network.name, network.id)),
                 fmt::format("containers of the network do not start: network {} does not exist",
                             network.id),
                 bridge ? std::vector{writing(*bridge, "rebuild it from the network's record")}
                        : std::vector<RecordChange>{});
    }
    for (const BridgeNetwork& bridge : state.bridges)
        if (state.network(bridge.id) == nullptr && !work.is_wanted(bridge.id))
            work.add(FsckCode::bridge_without_network, bridge.key,
                     fmt::format("the bridge driver keeps {} for network {}, which is gone",
                                 bridge.bridge_name, bridge.id.substr(0, 12)),
                     bridge_consequence(work, bridge),
                     {removal(bridge.key, "remove the bridge driver's record")});
    for (const BridgeEndpoint& endpoint : state.bridge_endpoints)
        if (state.endpoint(endpoint.id) == nullptr && !work.is_wanted(endpoint.id))
            work.add(FsckCode::bridge_endpoint_without_endpoint, endpoint.key,
                     fmt::format("the bridge driver keeps endpoint {} with {}, which is gone",
                                 endpoint.id.substr(0, 12), endpoint.v4),
                     endpoint.port_mapping.empty()
                         ? std::string("its veth device may stay")
                         : fmt::format("Bind for {}:{} failed: port is already allocated",
                                       endpoint.port_mapping.front().host_address,
                                       endpoint.port_mapping.front().host_port),
                     {removal(endpoint.key, "remove the bridge driver's record")});
}

void find_lost_records(FsckWork& work) {
    if (work.containers == nullptr)
        return;
    find_lost_networks(work);
    find_lost_endpoints(work);
}

} // namespace rebolt::docker
