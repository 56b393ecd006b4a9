// Reading TOML.
#pragma once

#include <optional>
#include <string>

#include <rebolt/result.hpp>

namespace rebolt::guard {

/// The text under a key of a TOML file, `root` or `storage.graphroot`; nullopt if it
/// has none.
/// Errors: file_not_found, permission_denied, invalid_argument (naming the line).
[[nodiscard]] Result<std::optional<std::string>> read_toml_text(const std::string& path,
                                                                const char* key);

} // namespace rebolt::guard
