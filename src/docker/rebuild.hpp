// Rebuilds lost records from what is left.
#pragma once

#include <optional>
#include <vector>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>

namespace rebolt::docker {

/// The bridge driver's record, from the network's own. nullopt without a pool.
[[nodiscard]] std::optional<BridgeNetwork> rebuild_bridge(const Network& network);

/// A network from what its containers say of it, with what the bridge driver
/// still has. nullopt if neither tells its pool.
[[nodiscard]] std::optional<Network>
rebuild_network(const NetworkState& state, const std::vector<const ContainerNetwork*>& places);

/// An endpoint of a container from its file.
[[nodiscard]] Endpoint rebuild_endpoint(const NetworkState& state, const Container& container,
                                        const ContainerNetwork& place);

} // namespace rebolt::docker
