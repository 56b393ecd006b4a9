// The part of dockerd's start that reads endpoint counts: up to Docker 28.0.
#include <fmt/format.h>

#include "docker/key.hpp"
#include "docker/release_facts.hpp"
#include "docker/startup_walk.hpp"

namespace rebolt::docker {
namespace {

constexpr const char* nil_pointer =
    "runtime error: invalid memory address or nil pointer dereference";

bool maps_counts(StartupWalk& walk) {
    switch (value_in(fact::count_map, walk.version())) {
    case fact::CountMap::always:
        return true;
    case fact::CountMap::if_marked:
        return walk.has_count_marker();
    case fact::CountMap::never:
        return false;
    }
    return false;
}

// Null where the start ends. No record: the network has none.
const Listed* count_of(StartupWalk& walk, std::string_view place, const Network& network) {
    return walk.list(place, "endpoint_count/" + network.id);
}

void say_count_missing(StartupWalk& walk, const Network& network, const Listed& count) {
    walk.say(fmt::format("Could not find endpoint count key {} for network {} while listing: {}",
                         make_key("endpoint_count", network.id), network.name,
                         count.error.empty() ? "Key not found in store" : count.error),
             count.key);
}

} // namespace

const Listed* networks_from_store(StartupWalk& walk, std::string_view place) {
    const Listed* networks = walk.list(place, "network");
    if (networks == nullptr)
        return nullptr;
    if (!networks->error.empty()) {
        walk.say(fmt::format("(debug) failed to get networks for scope local: {}", networks->error),
                 networks->key);
        return networks;
    }
    if (maps_counts(walk)) {
        const Listed* counts = walk.map(place, "endpoint_count");
        if (counts == nullptr)
            return nullptr;
        if (!counts->error.empty())
            walk.say(
                fmt::format("failed to get endpoint_count map for scope local: {}", counts->error),
                counts->key);
    } else if (value_in(fact::counts_are_read, walk.version())) {
        for (const Network* network : networks->all<Network>())
            if (count_of(walk, place, *network) == nullptr)
                return nullptr;
    }
    return networks;
}

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
        if (value_in(fact::counts_are_read, walk.version())) {
            const Listed* count = count_of(walk, place, *network);
            if (count == nullptr)
                return false;
            if (count->all<EndpointCount>().empty() && !network->in_deletion) {
                say_count_missing(walk, *network, *count);
                continue;
            }
        }
        found.push_back(network);
    }
    return true;
}

bool change_count(StartupWalk& walk, std::string_view place, const Network& network) {
    if (!value_in(fact::counts_are_read, walk.version()))
        return true;
    const Listed* count = count_of(walk, place, network);
    if (count == nullptr)
        return false;
    if (!count->all<EndpointCount>().empty())
        return true;
    walk.end_with_panic(nil_pointer, network.key);
    return false;
}

} // namespace rebolt::docker
