// By the distributions' own documentation. k3s and MicroK8s keep etcd only where it
// was asked for: by default it is SQLite and dqlite, which are no files of bbolt.
#include "guard/kubernetes_presets.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "systemd/unit_command.hpp"

namespace rebolt::guard {
namespace {

constexpr std::string_view etcd_pod = "/etc/kubernetes/manifests/etcd.yaml";

struct Distribution {
    std::string_view name;
    std::string_view unit;                ///< of a server, without `.service`
    std::string_view data_root;           ///< the usual one
    std::string_view etcd = {};           ///< below it
    std::string_view containerd = {};     ///< below it; empty: none of its own
    std::string_view config = {};         ///< a file with `OPTION: VALUE` or `- --OPTION=VALUE`
    std::string_view option = "data-dir"; ///< that names another data folder; empty: none
};

constexpr std::array<Distribution, 7> distributions{{
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

const Distribution* find(std::string_view preset) noexcept {
    const auto* found = std::ranges::find(distributions, preset, &Distribution::name);
    return found == distributions.end() ? nullptr : found;
}

// `option: VALUE`, or in a list of arguments `- --option=VALUE`.
std::string value_in_line(std::string_view line, std::string_view option) {
    const auto skip = [&](std::string_view characters) {
        line.remove_prefix(std::min(line.find_first_not_of(characters), line.size()));
    };
    skip(" -");
    if (!line.starts_with(option))
        return {};
    line.remove_prefix(option.size());
    if (!line.starts_with('=') && !line.starts_with(':'))
        return {};
    skip("=: \"'");
    return std::string(line.substr(0, line.find_first_of("\"' \r#")));
}

std::string value_in_file(const std::string& path, std::string_view option) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (std::string value = value_in_line(line, option); value.starts_with('/'))
            return value;
    return {};
}

std::string data_root_of(const Distribution& distribution, const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    if (!distribution.option.empty()) {
        const auto unit = systemd::read_unit_command(options.system_root,
                                                     fmt::format("{}.service", distribution.unit));
        if (std::string root = unit.option(fmt::format("--{}", distribution.option)); !root.empty())
            return root;
    }
    if (!distribution.config.empty())
        if (std::string root = value_in_file(options.system_root + std::string(distribution.config),
                                             distribution.option);
            !root.empty())
            return root;
    return std::string(distribution.data_root);
}

} // namespace

std::optional<KubernetesRoots> kubernetes_roots(std::string_view preset,
                                                const GuardPresetOptions& options) {
    const Distribution* distribution = find(preset);
    if (distribution == nullptr)
        return std::nullopt;
    const std::string root = data_root_of(*distribution, options);
    return KubernetesRoots{.etcd = root + std::string(distribution->etcd),
                           .containerd = distribution->containerd.empty()
                                             ? std::string()
                                             : root + std::string(distribution->containerd)};
}

std::string_view kubernetes_unit(std::string_view preset) noexcept {
    const Distribution* distribution = find(preset);
    return distribution == nullptr ? std::string_view() : distribution->unit;
}

std::string kubernetes_preset_names() {
    std::string names;
    for (const Distribution& distribution : distributions)
        names += fmt::format(", {}", distribution.name);
    return names;
}

} // namespace rebolt::guard
