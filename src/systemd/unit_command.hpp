// UnitCommand: how a systemd unit starts its program, from the unit's files.
// Asking systemd would not do: the guard also runs before it has loaded them, in
// tests and in images.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::systemd {

struct UnitCommand {
    std::vector<std::string> words;                 ///< of the last ExecStart=
    std::map<std::string, std::string> environment; ///< Environment=, EnvironmentFile=

    /// The value of `--name VALUE` or `--name=VALUE`; empty if it is missing.
    [[nodiscard]] std::string option(std::string_view name) const;
};

/// Reads `unit` and its drop-ins below `root` in systemd's order, and replaces
/// variables. Empty if there is no such unit.
[[nodiscard]] UnitCommand read_unit_command(const std::string& root, const std::string& unit);

} // namespace rebolt::systemd
