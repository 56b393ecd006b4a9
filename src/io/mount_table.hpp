// The kernel's table of mounts, as /proc/self/mountinfo has it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/storage_risk.hpp>

namespace rebolt::io {

/// The mounts of a table, later ones over earlier ones. Lines that are none are
/// passed over.
[[nodiscard]] std::vector<Mount> mounts_in(std::string_view table);

/// The mount that an absolute path without links is on; null if there is none.
[[nodiscard]] const Mount* mount_above(const std::vector<Mount>& mounts, std::string_view path);

} // namespace rebolt::io
