// UnitCommand: how a unit of systemd starts its program, from the unit's files.
// Asking systemd itself would not do: the guard also runs before it has read
// them, in tests and in images.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::systemd {

struct UnitCommand {
    std::vector<std::string> words;                 ///< of the last ExecStart=
    std::map<std::string, std::string> environment; ///< Environment=, EnvironmentFile=

    /// What `--name VALUE` or `--name=VALUE` says; empty if it is not there.
    [[nodiscard]] std::string option(std::string_view name) const;
};

/// Reads `unit` and its drop-ins below `root`, in systemd's order; variables are
/// put in. Empty where there is no such unit.
[[nodiscard]] UnitCommand read_unit_command(const std::string& root, const std::string& unit);

} // namespace rebolt::systemd
