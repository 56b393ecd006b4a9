// Presets of the owners of src/schema: see presets.cpp for Docker's, containerd's
// and etcd's, kubernetes_presets.cpp for Kubernetes' distributions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/guard.hpp>

namespace rebolt::guard {

/// nullopt: there is no such preset.
[[nodiscard]] std::optional<std::vector<GuardedFile>>
owner_preset(std::string_view name, const GuardPresetOptions& options);

/// `, podman, consul`, …: for a message.
[[nodiscard]] std::string owner_preset_names();

} // namespace rebolt::guard
