#include "cli/docker_root.hpp"

#include <filesystem>

#include <rebolt/docker/containers.hpp>

namespace rebolt::cli {

std::string docker_root_of(const std::string& path) {
    const std::string root =
        std::filesystem::path(path).parent_path().parent_path().parent_path().string();
    return !root.empty() && docker::network_state_path(root) == path ? root : "";
}

} // namespace rebolt::cli
