#include "systemd/kubernetes.hpp"

#include <array>

namespace rebolt::systemd {
namespace {

constexpr std::string_view etcd_pod = "/etc/kubernetes/manifests/etcd.yaml";

constexpr std::array<KubernetesDistribution, 7> distributions{{
    {.name = "kubeadm", .unit = "kubelet", .data_root = "/var/lib/etcd", .config = etcd_pod},
    {.name = "k3s",
     .unit = "k3s",
     .data_root = "/var/lib/rancher/k3s",
     .etcd = "/server/db/etcd",
     .containerd = "/agent/containerd",
     .config = "/etc/rancher/k3s/config.yaml"},
    {.name = "rke2",
     .unit = "rke2-server",
     .data_root = "/var/lib/rancher/rke2",
     .etcd = "/server/db/etcd",
     .containerd = "/agent/containerd",
     .config = "/etc/rancher/rke2/config.yaml"},
    {.name = "k0s",
     .unit = "k0scontroller",
     .data_root = "/var/lib/k0s",
     .etcd = "/etcd",
     .containerd = "/containerd"},
    {.name = "microk8s",
     .unit = "snap.microk8s.daemon-containerd",
     .data_root = "/var/snap/microk8s/common/var",
     .etcd = "/run/etcd",
     .containerd = "/lib/containerd",
     .option = ""},
    // Inside the node: a container's or a virtual machine's.
    {.name = "minikube",
     .unit = "kubelet",
     .data_root = "/var/lib/minikube/etcd",
     .config = etcd_pod},
    {.name = "kind", .unit = "kubelet", .data_root = "/var/lib/etcd", .config = etcd_pod},
}};

} // namespace

std::span<const KubernetesDistribution> kubernetes_distributions() noexcept {
    return distributions;
}

} // namespace rebolt::systemd
