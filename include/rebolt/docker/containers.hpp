// containers: the containers' own files, `containers/*/config.v2.json`: the
// second source of what network state should say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/docker/records.hpp>
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
    std::vector<std::string> aliases;
};

struct Container {
    std::string id;
    std::string name; ///< without the slash
    bool is_running = false;
    std::string sandbox_id;
    std::vector<ContainerNetwork> networks;
    std::vector<PortBinding> ports; ///< published
};

struct Containers {
    std::vector<Container> all;          ///< in order of their ids
    std::vector<std::string> unreadable; ///< files that are no container's JSON
};

/// Reads `containers/` of a Docker data root. Errors: file_not_found (there is
/// no such folder). Cost: O(bytes of the files).
[[nodiscard]] Result<Containers> load_containers(const std::string& data_root);

/// Where local-kv.db is in a Docker data root.
[[nodiscard]] std::string network_state_path(const std::string& data_root);

} // namespace rebolt::docker
