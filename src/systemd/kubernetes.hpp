// Where Kubernetes' distributions keep etcd's and containerd's files, and the unit that
// starts both. By the distributions' own documentation.
#pragma once

#include <span>
#include <string_view>

namespace rebolt::systemd {

struct KubernetesDistribution {
    std::string_view name;
    std::string_view unit;                ///< of a server, without `.service`
    std::string_view data_root;           ///< the usual one
    std::string_view etcd = {};           ///< below it
    std::string_view containerd = {};     ///< below it; empty: none of its own
    std::string_view config = {};         ///< a file with `OPTION: VALUE` or `- --OPTION=VALUE`
    std::string_view option = "data-dir"; ///< that names another data root; empty: none
};

/// k3s and MicroK8s keep etcd only where it was asked for: by default it is SQLite and
/// dqlite, which are no files of bbolt.
[[nodiscard]] std::span<const KubernetesDistribution> kubernetes_distributions() noexcept;

} // namespace rebolt::systemd
