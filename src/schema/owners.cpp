#include "schema/owners.hpp"

#include <algorithm>
#include <array>

namespace rebolt::schema {
namespace {

// containerd before Swarm: both have `v1`, and a namespace may be called `tasks`.
// Those whose names are peculiar come before those with common ones.
constexpr std::array owners{
    &docker_network_owner, &etcd_owner,           &buildkit_owner,
    &containerd_owner,     &docker_volumes_owner, &podman_owner,
    &influxdb_owner,       &portainer_owner,      &lnd_owner,
    &raft_boltdb_owner,    &vault_owner,          &nomad_client_owner,
    &swarm_tasks_owner,    &image_cache_owner,    &trivy_owner,
    &rclone_owner,         &otel_storage_owner,   &bleve_owner,
};

} // namespace

std::span<const KnownOwner* const> known_owners() noexcept {
    return owners;
}

const KnownOwner* known_owner(Owner owner) noexcept {
    const auto* found = std::ranges::find(owners, owner, &KnownOwner::owner);
    return found == owners.end() ? nullptr : *found;
}

} // namespace rebolt::schema
