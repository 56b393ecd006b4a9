// sd_notify: tells systemd how a start is going.
#pragma once

#include <chrono>
#include <string>

namespace rebolt::systemd {

/// The text of a notification that sets the status and asks for so much more
/// time to start.
[[nodiscard]] std::string starting(const std::string& status, std::chrono::microseconds more);

/// Sends a notification (sd_notify(3)). Best effort: does nothing if systemd did
/// not start this program.
void notify(const std::string& notification);

} // namespace rebolt::systemd
