// Drop-ins: files beside a unit's own that add to it.
#pragma once

#include <string>
#include <string_view>

#include <rebolt/result.hpp>

namespace rebolt::systemd {

/// Writes the file, creating its folder; systemd never reads half of it. Errors:
/// io, permission_denied.
Result<void> write_drop_in(const std::string& path, std::string_view content);

/// Removes the file, and its folder if that is empty then. Errors:
/// file_not_found, io, permission_denied.
Result<void> remove_drop_in(const std::string& path);

} // namespace rebolt::systemd
