// The table of all owners.
#pragma once

#include <span>

#include "schema/known_owner.hpp"

namespace rebolt::schema {

extern const KnownOwner docker_network_owner;
extern const KnownOwner docker_volumes_owner;
extern const KnownOwner containerd_owner;
extern const KnownOwner buildkit_owner;
extern const KnownOwner etcd_owner;
extern const KnownOwner swarm_tasks_owner;
extern const KnownOwner podman_owner;
extern const KnownOwner raft_boltdb_owner;
extern const KnownOwner vault_owner;
extern const KnownOwner nomad_client_owner;
extern const KnownOwner otel_storage_owner;
extern const KnownOwner portainer_owner;
extern const KnownOwner influxdb_owner;
extern const KnownOwner lnd_owner;
extern const KnownOwner bleve_owner;
extern const KnownOwner image_cache_owner;
extern const KnownOwner rclone_owner;
extern const KnownOwner trivy_owner;

/// In the order in which they are asked whether a file is theirs.
[[nodiscard]] std::span<const KnownOwner* const> known_owners() noexcept;

/// nullptr of `unknown`, and of one that is not rebolt's own.
[[nodiscard]] const KnownOwner* known_owner(Owner owner) noexcept;

} // namespace rebolt::schema
