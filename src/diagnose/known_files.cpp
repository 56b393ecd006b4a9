#include "diagnose/known_files.hpp"

#include <algorithm>

#include "diagnose/frame.hpp"

namespace rebolt::diagnose {
namespace {

bool is_named(const Symptom& symptom, std::string_view part) {
    return symptom.text.find(part) != std::string::npos ||
           std::ranges::any_of(symptom.trace.frames, [&](const Frame& frame) {
               return frame.function.find(part) != std::string::npos;
           });
}

std::vector<std::string> files_of_dockerd(const Symptom& symptom) {
    const std::string network = "/var/lib/docker/network/files/local-kv.db";
    const std::string volumes = "/var/lib/docker/volumes/metadata.db";
    if (is_named(symptom, "libnetwork") || is_named(symptom, "libkv"))
        return {network};
    if (is_named(symptom, "volume"))
        return {volumes};
    if (is_named(symptom, "moby/buildkit") || is_named(symptom, "/buildkit"))
        return {"/var/lib/docker/buildkit/cache.db", "/var/lib/docker/buildkit/metadata_v2.db",
                "/var/lib/docker/buildkit/snapshots.db",
                "/var/lib/docker/buildkit/containerdmeta.db"};
    return {network, volumes, "/var/lib/docker/buildkit/cache.db",
            "/var/lib/docker/buildkit/metadata_v2.db"};
}

} // namespace

std::vector<std::string> usual_files(const Symptom& symptom) {
    const std::string_view program = symptom.program;
    if (program == "dockerd" || program == "docker")
        return files_of_dockerd(symptom);
    if (program.starts_with("containerd") || program.starts_with("docker-containe"))
        return {"/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db",
                "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/metadata.db",
                "/var/lib/docker/containerd/daemon/io.containerd.metadata.v1.bolt/meta.db"};
    if (program == "buildkitd")
        return {"/var/lib/buildkit/cache.db", "/var/lib/docker/buildkit/cache.db",
                "/var/lib/docker/buildkit/metadata_v2.db"};
    if (program.starts_with("etcd"))
        return {"/var/lib/etcd/member/snap/db", "/var/lib/etcd/default/member/snap/db"};
    if (program.starts_with("influx"))
        return {"/var/lib/influxdb/influxd.bolt", "/var/lib/influxdb2/influxd.bolt"};
    if (program == "consul")
        return {"/opt/consul/raft/raft.db", "/var/lib/consul/raft/raft.db"};
    if (program == "vault")
        return {"/opt/vault/data/vault.db", "/opt/vault/data/raft/raft.db"};
    if (program == "nomad")
        return {"/opt/nomad/data/client/state.db", "/opt/nomad/data/server/raft/raft.db"};
    if (program == "podman")
        return {"/var/lib/containers/storage/libpod/bolt_state.db"};
    return {};
}

std::vector<std::string> units_of(std::string_view program) {
    if (program.starts_with("dockerd") || program == "docker" || program == "docker.service")
        return {"docker.socket", "docker.service"};
    for (const std::string_view one :
         {"containerd", "etcd", "consul", "vault", "nomad", "buildkit", "lnd", "k3s"})
        if (program.starts_with(one))
            return {std::string(one)};
    if (program.starts_with("influx"))
        return {"influxdb"};
    return {};
}

std::string_view loss_by_deleting(std::string_view path) noexcept {
    if (path.ends_with("network/files/local-kv.db"))
        return "every user-defined network, and with it each container attached to one";
    if (path.ends_with("volumes/metadata.db"))
        return "the drivers and options of all volumes";
    if (path.ends_with("bolt/meta.db"))
        return "all images, containers and leases that containerd knows";
    if (path.ends_with("snap/db"))
        return "the member's whole state";
    if (path.ends_with("influxd.bolt"))
        return "all users, tokens, buckets and dashboards";
    if (path.ends_with("raft.db"))
        return "the server's raft log";
    return {};
}

} // namespace rebolt::diagnose
