// SHA-256 (FIPS 180-4): for `--format redacted`, which shows that two values
// are equal without showing them.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::cli {

/// 64 hex digits. Cost: O(bytes).
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace rebolt::cli
