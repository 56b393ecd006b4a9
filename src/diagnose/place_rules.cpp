#include "diagnose/place_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "systemd/kubernetes.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::string_view containerd_metadata = "io.containerd.metadata.v1.bolt/meta.db";
constexpr bool also = true;
constexpr bool has_siblings = true;

// Those that words tell come first, of each program the likeliest first.
constexpr std::array rules{
    FileRule{"dockerd",
             {"swarmkit", "/swarm/", "swarm.", "agent.(*worker)", "Swarm "},
             "swarm/worker/tasks.db",
             "docker",
             "docker"},
    FileRule{"dockerd",
             {"libnetwork", "libkv", "network controller"},
             "network/files/local-kv.db",
             "docker",
             "docker"},
    FileRule{"dockerd",
             {"bboltcachestorage", "buildkit/solver"},
             "buildkit/cache.db",
             "docker",
             "docker"},
    FileRule{"dockerd", {"llbsolver", "HistoryQueue"}, "buildkit/history.db", "docker", "docker"},
    FileRule{"dockerd", {"buildkit"}, "buildkit/cache.db", "docker", "docker"},
    FileRule{"dockerd", {"buildkit"}, "buildkit/metadata_v2.db", "docker", "docker"},
    FileRule{"dockerd", {"buildkit"}, "buildkit/snapshots.db", "docker", "docker"},
    FileRule{"dockerd", {"buildkit"}, "buildkit/containerdmeta.db", "docker", "docker"},
    FileRule{"dockerd",
             {"containerd/metadata", "containerd/services", "core/metadata", "=containerd"},
             "containerd/daemon/io.containerd.metadata.v1.bolt/meta.db",
             "docker",
             "docker"},
    FileRule{"dockerd", {"volume"}, "volumes/metadata.db", "docker", "docker"},
    FileRule{"dockerd", {}, "network/files/local-kv.db", "docker", "docker"},
    FileRule{"dockerd", {}, "volumes/metadata.db", "docker", "docker", also},
    FileRule{"dockerd", {}, "buildkit/cache.db", "docker", "docker", also},
    FileRule{"dockerd", {}, "buildkit/metadata_v2.db", "docker", "docker", also},
    FileRule{"dockerd", {}, "swarm/worker/tasks.db", "docker", "docker", also},
    FileRule{"containerd",
             {"snapshots/storage", "snapshots/overlay", "snapshotter"},
             "io.containerd.snapshotter.v1.overlayfs/metadata.db",
             "containerd",
             "containerd"},
    FileRule{"containerd",
             {"snapshots/storage", "snapshots/overlay", "snapshotter"},
             containerd_metadata,
             "containerd",
             "containerd"},
    FileRule{"containerd", {}, containerd_metadata, "containerd", "containerd"},
    FileRule{"containerd",
             {},
             "io.containerd.snapshotter.v1.overlayfs/metadata.db",
             "containerd",
             "containerd",
             also},
    FileRule{"docker-containe", {}, containerd_metadata, "docker-containerd", "docker"},
    FileRule{
        "buildkitd", {"cache/metadata", "metadata.NewStore"}, "metadata_v2.db", "buildkit", ""},
    FileRule{
        "buildkitd", {"snapshots/storage"}, "runc-overlayfs/snapshots/metadata.db", "buildkit", ""},
    FileRule{"buildkitd", {"llbsolver", "HistoryQueue"}, "history.db", "buildkit", ""},
    FileRule{
        "buildkitd", {"containerd/metadata"}, "runc-overlayfs/containerdmeta.db", "buildkit", ""},
    FileRule{"buildkitd", {}, "cache.db", "buildkit", ""},
    FileRule{"buildkitd", {}, "runc-overlayfs/metadata_v2.db", "buildkit", "", also},
    FileRule{"etcd", {}, "member/snap/db", "etcd", "data"},
    FileRule{"influx", {}, "influxd.bolt", "influx", ""},
    FileRule{"chronograf", {}, "chronograf-v1.db", "chronograf", ""},
    FileRule{"kapacitor", {}, "kapacitor.db", "kapacitor", ""},
    FileRule{"consul", {}, "raft/raft.db", "consul", "data"},
    FileRule{"vault", {"BoltStore", "raft-boltdb", "raftboltdb"}, "raft/raft.db", "vault", ""},
    FileRule{"vault", {"FSM", "fsm"}, "vault.db", "vault", ""},
    FileRule{"vault", {"of type raft: "}, "raft/raft.db", "vault", ""},
    FileRule{"vault", {}, "vault.db", "vault", ""},
    FileRule{"vault", {}, "raft/raft.db", "vault", "", also},
    FileRule{"nomad", {"setupRaft", "raft", "Raft"}, "server/raft/raft.db", "nomad", "data"},
    FileRule{"nomad", {}, "client/state.db", "nomad", "data"},
    FileRule{"nomad", {}, "server/raft/raft.db", "nomad", "data", also},
    FileRule{"podman", {}, "libpod/bolt_state.db", "podman", ""},
    FileRule{"lnd", {"wallet"}, "chain/bitcoin/mainnet/wallet.db", "lnd", "", false, has_siblings},
    FileRule{"lnd", {"macaroon"}, "chain/bitcoin/mainnet/macaroons.db", "lnd", ""},
    FileRule{"lnd", {"neutrino"}, "chain/bitcoin/mainnet/neutrino.db", "lnd", ""},
    FileRule{"lnd", {}, "graph/mainnet/channel.db", "lnd", ""},
    FileRule{"portainer", {}, "portainer.db", "portainer", "", false, has_siblings},
    FileRule{"AdGuardHome", {"stats"}, "data/stats.db", "adguard", "", false, has_siblings},
    FileRule{
        "AdGuardHome", {"session", "auth"}, "data/sessions.db", "adguard", "", false, has_siblings},
    FileRule{"AdGuardHome", {}, "data/stats.db", "adguard", "", false, has_siblings},
    FileRule{"AdGuardHome", {}, "data/sessions.db", "adguard", "", also, has_siblings},
    FileRule{"filebrowser", {}, "filebrowser.db", "filebrowser", ""},
    FileRule{
        "trivy", {"fanal", "cache.NewFSCache", "fs cache"}, "fanal/fanal.db", "trivy", "cache"},
    FileRule{"trivy", {}, "db/trivy.db", "trivy", "cache"},
    FileRule{"gitea", {"scorch"}, "indexers/issues.bleve/store/root.bolt", "gitea", ""},
    FileRule{"gitea", {"bleve"}, "indexers/issues.bleve/store", "gitea", ""},
    FileRule{"bleve", {"scorch"}, "indexers/issues.bleve/store/root.bolt", "gitea", ""},
    FileRule{"bleve", {}, "indexers/issues.bleve/store", "gitea", ""},
    FileRule{"gitea", {}, "indexers/issues.bleve/store/root.bolt", "gitea", ""},
    FileRule{"drand", {}, "multibeacon/default/db/drand.db", "drand", ""},
    FileRule{"storagenode", {}, "revocations.db", "storagenode", ""},
    FileRule{"beacon-chain", {}, "beaconchaindata/beaconchain.db", "prysm", ""},
};

struct UsualRoot {
    std::string_view list;
    std::string_view system;
    std::string_view path;
};
constexpr std::array roots{
    UsualRoot{"docker", "snap-docker", "/var/snap/docker/common/var-lib-docker"},
    UsualRoot{"docker", "", "/var/lib/docker"},
    UsualRoot{"docker-containerd", "", "/var/lib/docker/containerd/daemon"},
    UsualRoot{"containerd", "snap-docker",
              "/var/snap/docker/common/var-lib-docker/containerd/daemon"},
    UsualRoot{"containerd", "desktop", "/var/lib/desktop-containerd/daemon"},
    UsualRoot{"containerd", "", "/var/lib/containerd"},
    UsualRoot{"containerd", "", "/var/lib/docker/containerd/daemon"},
    UsualRoot{"buildkit", "", "/var/lib/buildkit"},
    UsualRoot{"buildkit", "", "/var/lib/docker/buildkit"},
    UsualRoot{"etcd", "", "/var/lib/etcd"},
    UsualRoot{"etcd", "", "/var/lib/etcd/default"},
    UsualRoot{"influx", "", "/var/lib/influxdb"},
    UsualRoot{"influx", "", "/var/lib/influxdb2"},
    UsualRoot{"chronograf", "", "/var/lib/chronograf"},
    UsualRoot{"kapacitor", "", "/var/lib/kapacitor"},
    UsualRoot{"consul", "", "/opt/consul"},
    UsualRoot{"consul", "", "/var/lib/consul"},
    UsualRoot{"consul", "", "/consul/data"},
    UsualRoot{"vault", "", "/opt/vault/data"},
    UsualRoot{"vault", "", "/vault/data"},
    UsualRoot{"nomad", "", "/opt/nomad/data"},
    UsualRoot{"nomad", "", "/var/lib/nomad"},
    UsualRoot{"podman", "", "/var/lib/containers/storage"},
    UsualRoot{"lnd", "", "/root/.lnd/data"},
    UsualRoot{"lnd", "", "/home/bitcoin/.lnd/data"},
    UsualRoot{"portainer", "", "/data"},
    UsualRoot{"portainer", "", "/var/lib/docker/volumes/portainer_data/_data"},
    UsualRoot{"adguard", "", "/opt/AdGuardHome"},
    UsualRoot{"adguard", "", "/opt/adguardhome/work"},
    UsualRoot{"filebrowser", "", "/database"},
    UsualRoot{"filebrowser", "", "/etc/filebrowser"},
    UsualRoot{"trivy", "", "/root/.cache/trivy"},
    UsualRoot{"gitea", "", "/data/gitea"},
    UsualRoot{"gitea", "", "/var/lib/gitea"},
    UsualRoot{"drand", "", "/root/.drand"},
    UsualRoot{"storagenode", "", "/app/config"},
    UsualRoot{"prysm", "", "/root/.eth2"},
};

constexpr std::array marks{
    // Before k3s: RKE2 has folders of that name too.
    SystemMark{"rke2", "rke2", "rke2"},
    SystemMark{"k3s", "k3s", "k3s"},
    SystemMark{"k0s", "k0s", "k0s"},
    SystemMark{"microk8s", "microk8s", "microk8s"},
    SystemMark{"snap.microk8s", "", "microk8s"},
    SystemMark{"docker.dockerd", "snap-docker", "snap-docker"},
    SystemMark{"snap.docker", "", "snap-docker"},
    SystemMark{"balena", "", "balena"},
    SystemMark{"", "kubeadm", "kubeadm"},
    SystemMark{"", "rootless", "rootless"},
};

constexpr std::array units{
    UnitRule{"k3s", "", {"k3s.service"}},
    UnitRule{"rke2", "", {"rke2-server.service"}},
    UnitRule{"k0s", "containerd", {"k0sworker.service"}},
    UnitRule{"k0s", "", {"k0scontroller.service"}},
    UnitRule{"microk8s", "containerd", {"snap.microk8s.daemon-containerd.service"}},
    UnitRule{"microk8s", "", {"snap.microk8s.daemon-etcd.service"}},
    UnitRule{"snap-docker", "", {"snap.docker.dockerd.service"}},
    UnitRule{"balena", "", {"balena.service"}},
    // A static pod: kubelet stops it when its manifest is moved away.
    UnitRule{"kubeadm", "etcd", {}},
    UnitRule{"rootless", "", {}},
    UnitRule{"", "dockerd", {"docker.socket", "docker.service"}},
    UnitRule{"", "docker-containe", {"docker.socket", "docker.service"}},
    UnitRule{"", "docker", {"docker.socket", "docker.service"}},
    UnitRule{"", "balena", {"balena.service"}},
    UnitRule{"", "containerd", {"containerd.service"}},
    UnitRule{"", "etcd", {"etcd.service"}},
    UnitRule{"", "consul", {"consul.service"}},
    UnitRule{"", "vault", {"vault.service"}},
    UnitRule{"", "nomad", {"nomad.service"}},
    UnitRule{"", "buildkit", {"buildkit.service"}},
    UnitRule{"", "lnd", {"lnd.service"}},
    UnitRule{"", "k3s", {"k3s.service"}},
    UnitRule{"", "rke2", {"rke2-server.service"}},
    UnitRule{"", "k0s", {"k0scontroller.service"}},
    UnitRule{"", "influx", {"influxdb.service"}},
    UnitRule{"", "gitea", {"gitea.service"}},
    UnitRule{"", "AdGuardHome", {"AdGuardHome.service"}},
    UnitRule{"", "filebrowser", {"filebrowser.service"}},
    UnitRule{"", "chronograf", {"chronograf.service"}},
    UnitRule{"", "kapacitor", {"kapacitor.service"}},
};

} // namespace

std::span<const std::string_view> FileRule::words() const noexcept {
    const auto end = std::ranges::find(hints, std::string_view{});
    return {hints.begin(), end};
}

std::span<const FileRule> file_rules() noexcept {
    return rules;
}

// Those of Kubernetes' distributions come first: they hold only there.
std::vector<Root> all_roots() {
    std::vector<Root> all;
    for (const systemd::KubernetesDistribution& one : systemd::kubernetes_distributions())
        if (!one.containerd.empty()) {
            all.push_back(
                {"containerd", one.name, fmt::format("{}{}", one.data_root, one.containerd)});
            all.push_back({"etcd", one.name, fmt::format("{}{}", one.data_root, one.etcd)});
        }
    for (const UsualRoot& root : roots)
        all.push_back({root.list, root.system, std::string(root.path)});
    return all;
}

std::span<const SystemMark> system_marks() noexcept {
    return marks;
}

std::span<const UnitRule> unit_rules() noexcept {
    return units;
}

} // namespace rebolt::diagnose
