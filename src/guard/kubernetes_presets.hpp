// Presets of Kubernetes' distributions: the etcd member and containerd's files that
// each brings, and the unit that starts them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// Files that a distribution keeps.
struct KubernetesRoots {
    std::string etcd;       ///< the member's data folder
    std::string containerd; ///< containerd's root; empty: its own preset has it
};

/// nullopt: there is no such preset.
[[nodiscard]] std::optional<KubernetesRoots> kubernetes_roots(std::string_view preset,
                                                              const GuardPresetOptions& options);

/// The unit, without `.service`, whose start comes before etcd's and containerd's:
/// `kubelet` starts static pods. Empty: no such preset.
[[nodiscard]] std::string_view kubernetes_unit(std::string_view preset) noexcept;

/// `, kubeadm, k3s`, …: for a message.
[[nodiscard]] std::string kubernetes_preset_names();

} // namespace rebolt::guard
