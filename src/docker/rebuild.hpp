// Rebuilds lost records from what is left. What nothing tells is listed, and not
// guessed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>

namespace rebolt::docker {

/// The bridge driver's record, from the network's own. nullopt without a pool.
[[nodiscard]] std::optional<BridgeNetwork> rebuild_bridge(const Network& network);

/// A container in a network.
struct Attachment {
    const Container* container;
    const ContainerNetwork* place;
};

/// A record, and what of it nothing tells.
struct RebuiltNetwork {
    std::optional<Network> network; ///< nullopt: nothing tells its pools
    std::vector<std::string> unknown;
};

/// A network from what its containers say of it, with what its driver still has.
[[nodiscard]] RebuiltNetwork rebuild_network(const NetworkState& state,
                                             const std::vector<Attachment>& attachments);

/// An endpoint of a container from its file.
[[nodiscard]] Endpoint rebuild_endpoint(const NetworkState& state, const Container& container,
                                        const ContainerNetwork& place);

/// A container's sandbox with its endpoints in networks that are there.
[[nodiscard]] Sandbox rebuild_sandbox(const NetworkState& state, const Container& container);

} // namespace rebolt::docker
