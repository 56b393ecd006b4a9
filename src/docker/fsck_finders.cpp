#include "docker/fsck_finders.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "docker/address.hpp"
#include "docker/key.hpp"
#include "docker/release_facts.hpp"

namespace rebolt::docker {
namespace {

constexpr std::size_t short_id = 12;

// An endpoint with what its driver keeps of it.
std::vector<RecordChange> endpoint_removal(const NetworkState& state, const Endpoint& endpoint) {
    std::vector<RecordChange> repair{removal(
        endpoint.key, fmt::format("remove endpoint {}", named(endpoint.name, endpoint.id)))};
    if (const BridgeEndpoint* bridge = state.bridge_endpoint(endpoint.id))
        repair.push_back(removal(bridge->key, "remove what the bridge driver keeps of it"));
    return repair;
}

const Container* container_of(const FsckWork& work, const std::string& id) {
    const auto at = std::ranges::find(work.containers->all, id, &Container::id);
    return at == work.containers->all.end() ? nullptr : &*at;
}

void find_unjoined(FsckWork& work, const Endpoint& endpoint) {
    if (endpoint.sandbox_id.empty() || work.state.sandbox(endpoint.sandbox_id) != nullptr)
        return;
    const std::string address =
        endpoint.interface ? address_of(endpoint.interface->v4) : std::string();
    work.add(FsckCode::endpoint_without_sandbox, endpoint.key,
             fmt::format("endpoint {} belongs to sandbox {}, which is gone{}",
                         named(endpoint.name, endpoint.id), endpoint.sandbox_id.substr(0, short_id),
                         address.empty() ? "" : "; nobody holds its address " + address),
             fmt::format("at its next start dockerd logs `Removing stale endpoint {} ({})`; with "
                         "live-restore its name and address stay taken",
                         endpoint.name, endpoint.id),
             endpoint_removal(work.state, endpoint));
}

void find_twins(FsckWork& work) {
    std::map<std::pair<std::string, std::string>, const Endpoint*> by_name;
    std::map<std::pair<std::string, std::string>, const Endpoint*> by_address;
    for (const Endpoint& endpoint : work.state.endpoints) {
        const Network* network = work.state.network(endpoint.network_id);
        const std::string network_name = network == nullptr ? endpoint.network_id : network->name;
        const auto [other, is_new] =
            by_name.try_emplace({endpoint.network_id, endpoint.name}, &endpoint);
        if (!is_new)
            work.add(FsckCode::endpoint_name_twice, endpoint.key,
                     fmt::format("endpoints {} and {} of network {} have the same name",
                                 named(endpoint.name, endpoint.id),
                                 other->second->id.substr(0, short_id), network_name),
                     fmt::format("endpoint with name {} already exists in network {}",
                                 endpoint.name, network_name));
        const std::string address =
            endpoint.interface ? address_of(endpoint.interface->v4) : std::string();
        if (address.empty())
            continue;
        const auto [holder, is_free] =
            by_address.try_emplace({endpoint.network_id, address}, &endpoint);
        if (!is_free)
            work.add(FsckCode::address_twice, endpoint.key,
                     fmt::format("address {} in network {} is held by {} and by {}", address,
                                 network_name, named(holder->second->name, holder->second->id),
                                 named(endpoint.name, endpoint.id)),
                     fmt::format("Failed to reserve current address for endpoint \"{}\" ({}) on "
                                 "network \"{}\" ({})",
                                 endpoint.name, endpoint.id, network_name, endpoint.network_id));
    }
}

// How many the daemon counts: endpoints, or users of a configuration.
std::uint64_t expected_count(const NetworkState& state, const Network& network) {
    if (network.is_config_only)
        return static_cast<std::uint64_t>(
            std::ranges::count(state.networks, network.name, &Network::config_from));
    return static_cast<std::uint64_t>(
        std::ranges::count(state.endpoints, network.id, &Endpoint::network_id));
}

// Of releases that keep counts.
std::string count_consequence(const Network& network, std::uint64_t count, std::uint64_t expected) {
    if (network.is_config_only)
        return count > expected
                   ? fmt::format("configuration network \"{}\" is in use", network.name)
                   : fmt::format("configuration network {} can be removed while {} "
                                 "networks use it",
                                 network.name, expected - count);
    const std::string mended = fmt::format("; its next start mends it: `Fixing inconsistent "
                                           "endpoint_cnt for network {}`",
                                           network.name);
    if (count > expected)
        return fmt::format("error while removing network: network {} id {} has active endpoints{}",
                           network.name, network.id, mended);
    return fmt::format("network {} can be removed while {} endpoints use it{}", network.name,
                       expected - count, mended);
}

// Removing the bridge, or an endpoint of a stale sandbox, changes the count.
std::string what_lacks_a_count(const Network& network, std::uint64_t endpoints) {
    constexpr const char* nil_pointer =
        "`panic: runtime error: invalid memory address or nil pointer dereference`";
    if (network.name == "bridge")
        return fmt::format("dockerd does not start: {}", nil_pointer);
    if (endpoints != 0)
        return fmt::format("if a container of it was killed, dockerd does not start: {}",
                           nil_pointer);
    return fmt::format("`docker network rm {}` panics", network.name);
}

void find_missing_count(FsckWork& work, const Network& network) {
    const std::uint64_t expected = expected_count(work.state, network);
    EndpointCount made;
    made.network_id = network.id;
    made.index = 1;
    made.count = expected;
    work.add(FsckCode::endpoint_count_missing, make_key("endpoint_count", network.id),
             fmt::format("network {} has no endpoint count; it has {} endpoints",
                         named(network.name, network.id), expected),
             fmt::format("Could not find endpoint count key {} for network {} while listing: Key "
                         "not found in store; then {}",
                         make_key("endpoint_count", network.id), network.name,
                         what_lacks_a_count(network, expected)),
             {writing(made, fmt::format("write a count of {}", expected))});
}

void find_wrong_count(FsckWork& work, const Network& network, const EndpointCount& count) {
    const std::uint64_t expected = expected_count(work.state, network);
    if (count.count == expected)
        return;
    EndpointCount right = count;
    right.count = expected;
    work.add(FsckCode::endpoint_count_differs, count.key,
             fmt::format("network {} counts {} endpoints and has {}",
                         named(network.name, network.id), count.count, expected),
             count_consequence(network, count.count, expected),
             {writing(right, fmt::format("set the count to {}", expected))});
}

// How dockerd logs it that it removes a sandbox.
std::string stale_sandbox(const FsckWork& work, const Sandbox& sandbox) {
    const auto words = value_in(fact::stale_sandbox, work.releases);
    if (!words)
        return "its next start removes the stale sandbox";
    return fmt::format("at its next start dockerd logs `{}`",
                       fmt::format(fmt::runtime(*words), sandbox.id, sandbox.container_id));
}

} // namespace

RecordChange removal(const std::string& key, std::string what) {
    return {key, std::nullopt, std::move(what)};
}

RecordChange writing(const Record& record, std::string what) {
    return {key_of(record), serialize(record), std::move(what)};
}

std::string named(const std::string& name, const std::string& id) {
    return fmt::format("{} ({})", printable(name), printable(id.substr(0, short_id)));
}

void find_endpoint_damage(FsckWork& work) {
    for (const Endpoint& endpoint : work.state.endpoints) {
        if (work.state.network(endpoint.network_id) != nullptr)
            find_unjoined(work, endpoint);
        if (work.state.network(endpoint.network_id) != nullptr ||
            work.is_wanted(endpoint.network_id))
            continue;
        work.add(FsckCode::endpoint_without_network, endpoint.key,
                 fmt::format("endpoint {} is of network {}, which is gone",
                             named(endpoint.name, endpoint.id),
                             endpoint.network_id.substr(0, short_id)),
                 fmt::format("its container does not start: network {} not found; nothing ever "
                             "removes the endpoint",
                             endpoint.network_id),
                 endpoint_removal(work.state, endpoint));
    }
    find_twins(work);
}

// From Docker 28 on a count says nothing: it is 0, or what an older daemon left.
// One that is missing ends older daemons, and no release leaves it out.
void find_count_damage(FsckWork& work) {
    const auto are_kept = value_in(fact::counts_are_kept, work.releases);
    if (are_kept == false)
        return;
    for (const Network& network : work.state.networks) {
        const EndpointCount* count = work.state.count(network.id);
        if (count == nullptr)
            find_missing_count(work, network);
        else if (are_kept)
            find_wrong_count(work, network, *count);
    }
    for (const EndpointCount& count : work.state.counts)
        if (are_kept && work.state.network(count.network_id) == nullptr &&
            !work.is_wanted(count.network_id))
            work.add(FsckCode::endpoint_count_without_network, count.key,
                     fmt::format("an endpoint count is there for network {}, which is gone",
                                 count.network_id.substr(0, short_id)),
                     "harmless: it is never read, and never removed",
                     {removal(count.key, "remove the count")});
}

void find_sandbox_damage(FsckWork& work) {
    const auto is_gone = [&](const SandboxEndpoint& joined) {
        return work.state.endpoint(joined.endpoint_id) == nullptr &&
               !work.is_wanted(joined.endpoint_id);
    };
    for (const Sandbox& sandbox : work.state.sandboxes) {
        const std::string name =
            fmt::format("sandbox {} of container {}", sandbox.id.substr(0, short_id),
                        sandbox.container_id.substr(0, short_id));
        if (work.containers != nullptr && container_of(work, sandbox.container_id) == nullptr) {
            std::vector<RecordChange> repair{removal(sandbox.key, "remove the sandbox")};
            for (const Endpoint& endpoint : work.state.endpoints)
                if (endpoint.sandbox_id == sandbox.id)
                    std::ranges::copy(endpoint_removal(work.state, endpoint),
                                      std::back_inserter(repair));
            work.add(FsckCode::sandbox_without_container, sandbox.key, name + ", which is gone",
                     stale_sandbox(work, sandbox), std::move(repair));
            continue;
        }
        if (sandbox.endpoints.empty())
            work.add(FsckCode::sandbox_without_endpoints, sandbox.key, name + " has no endpoints",
                     "the container has no network; so it is, too, after `docker network "
                     "disconnect`");
        Sandbox kept = sandbox;
        std::erase_if(kept.endpoints, is_gone);
        if (kept.endpoints.size() == sandbox.endpoints.size())
            continue;
        const auto lost = std::ranges::find_if(sandbox.endpoints, is_gone);
        work.add(FsckCode::sandbox_endpoint_missing, sandbox.key,
                 fmt::format("{} names {} endpoints that are gone, the first {}", name,
                             sandbox.endpoints.size() - kept.endpoints.size(),
                             lost->endpoint_id.substr(0, short_id)),
                 fmt::format(fmt::runtime(value_in(fact::sandbox_endpoint_gone, work.releases)
                                              .value_or("getEndpointFromStore for eid {0} failed")),
                             lost->endpoint_id),
                 {writing(kept, "take them out of the sandbox")});
    }
}

namespace {

std::set<std::string> wanted_by(const Containers* containers) {
    std::set<std::string> wanted;
    if (containers == nullptr)
        return wanted;
    for (const Container& container : containers->all)
        for (const ContainerNetwork& place : container.networks) {
            if (!is_default_network(place.name))
                wanted.insert(place.network_id);
            if (container.is_running)
                wanted.insert(place.endpoint_id);
        }
    return wanted;
}

} // namespace

std::vector<FsckFinding> find_all(const NetworkState& state, const Containers* containers,
                                  const VersionRange& releases) {
    FsckWork work{state, containers, releases, {}, wanted_by(containers)};
    for (const UnreadableRecord& record : state.unreadable)
        work.add(FsckCode::record_unreadable, record.key, record.fault.reason,
                 record.fault.panics
                     ? "panic: " + record.fault.reason
                     : fmt::format("libnetwork gets the error `{}` for the whole list that this "
                                   "key is in",
                                   record.fault.reason));
    find_lost_records(work);
    find_endpoint_damage(work);
    find_count_damage(work);
    find_sandbox_damage(work);
    find_network_damage(work);
    find_bridge_damage(work);
    std::ranges::stable_sort(work.findings, {}, &FsckFinding::code);
    return std::move(work.findings);
}

} // namespace rebolt::docker
