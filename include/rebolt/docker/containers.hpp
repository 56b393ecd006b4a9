// containers: the containers' own files, `containers/*/config.v2.json` and
// `hostconfig.json`: the second source of what network state should say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/docker/records.hpp>
#include <rebolt/docker/version.hpp>
#include <rebolt/result.hpp>

namespace rebolt::docker {

/// A container's place in a network, as its file has it.
struct ContainerNetwork {
    std::string name;
    std::string network_id;
    std::string endpoint_id; ///< empty: not joined
    std::string address;     ///< IPv4, without prefix
    std::int64_t prefix_bits = 0;
    std::string gateway;
    std::string v6_address;
    std::int64_t v6_prefix_bits = 0;
    std::string v6_gateway;
    std::string mac;
    std::vector<std::string> aliases;   ///< up to Docker 24 all of its names, later the user's
    std::vector<std::string> dns_names; ///< from Docker 25 on: all
    std::string wanted_v4;              ///< a static address
    std::string wanted_v6;
};

struct Container {
    std::string id;
    std::string name; ///< without the slash
    bool is_running = false;
    std::string sandbox_id;
    std::string network_mode; ///< the network that it was made in: a name or an id
    std::vector<ContainerNetwork> networks;
    std::vector<PortBinding> ports;   ///< published, as asked for
    std::vector<PortBinding> exposed; ///< ports without bindings
    TextMap labels;                   ///< Compose's among them
};

struct Containers {
    std::vector<Container> all;          ///< in order of their ids
    std::vector<std::string> unreadable; ///< files that are no container's JSON
    Version written_by;                  ///< the oldest release that can have written them all
};

/// Reads `containers/` of a Docker data root. Errors: file_not_found (there is
/// no such folder). Cost: O(bytes of the files).
[[nodiscard]] Result<Containers> load_containers(const std::string& data_root);

/// Where local-kv.db is in a Docker data root.
[[nodiscard]] std::string network_state_path(const std::string& data_root);

} // namespace rebolt::docker
