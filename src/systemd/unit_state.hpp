// What systemd says of a unit, by `systemctl show`.
#pragma once

#include <cstdint>
#include <string>

namespace rebolt::systemd {

struct UnitState {
    std::string unavailable; ///< why nothing below is known; empty: it is
    std::string active;      ///< `activating`
    std::string sub;         ///< `start`
    std::string result;      ///< `oom-kill`
    std::uint64_t main_process = 0;
    std::uint64_t restarts = 0;
};

/// `unit`: with its suffix. Waits for at most 5 seconds. Never fails: says why
/// nothing is known.
[[nodiscard]] UnitState unit_state(const std::string& unit);

} // namespace rebolt::systemd
