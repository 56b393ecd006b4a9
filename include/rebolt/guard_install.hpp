// guard_install: the guard in front of a service of systemd, by a drop-in for its unit.
//
//   auto drop_in = rebolt::guard_drop_in("docker", {.program = "/usr/bin/rebolt"});
//   if (drop_in && rebolt::missing_unit_advice("docker", *drop_in).empty())
//       (void)rebolt::install_guard(*drop_in); // then: systemctl daemon-reload
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <rebolt/result.hpp>

namespace rebolt {

/// A drop-in for a service of systemd that puts the guard in front of it.
struct GuardDropIn {
    std::string unit; ///< without `.service`; `kubelet` for kubeadm, whose etcd is its pod
    std::string path;
    std::string content;
    std::string warning; ///< if users other than root could change the program
};

struct GuardDropInOptions {
    std::string program;        ///< where rebolt is installed
    std::string unit = {};      ///< without `.service`; empty: the preset's own
    std::string data_root = {}; ///< empty: as the service's configuration says
    /// A start that takes longer is ended; 0: as the unit says.
    std::chrono::seconds start_timeout{900};
    /// The service's memory, as systemd writes it: `75%`, `4G`; empty: as the unit says.
    std::string memory_max = "75%";
};

/// For the service of a preset. The service starts without the guard if the program
/// is gone. Errors: invalid_argument (a preset without a service, where `unit` names
/// none; a name that no unit can hold).
[[nodiscard]] Result<GuardDropIn> guard_drop_in(std::string_view preset,
                                                const GuardDropInOptions& options);

/// Why the drop-in would do nothing here, and what to do instead: there is no such unit,
/// as the service is a snap, a static pod, or rootless; or it is masked. Empty: the unit
/// is there. `system_root`: where the system's files are; empty: `/`.
[[nodiscard]] std::string missing_unit_advice(std::string_view preset, const GuardDropIn& drop_in,
                                              const std::string& system_root = {});

/// True if the very same drop-in is there. Errors: io, permission_denied.
[[nodiscard]] Result<bool> is_guard_installed(const GuardDropIn& drop_in);

/// Writes the drop-in, and its folder; never half of it. Errors: io, permission_denied.
Result<void> install_guard(const GuardDropIn& drop_in);
/// Removes it, and its folder if empty. Errors: file_not_found, io, permission_denied.
Result<void> uninstall_guard(const GuardDropIn& drop_in);

} // namespace rebolt
