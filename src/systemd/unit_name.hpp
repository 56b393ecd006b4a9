// The full name of a systemd unit.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::systemd {

/// `docker.service` of `docker`; a name with a suffix stays as it is.
[[nodiscard]] std::string unit_name(std::string_view unit);

} // namespace rebolt::systemd
