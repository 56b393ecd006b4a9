// Base64 (RFC 4648): bytes inside JSON.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::cli {

/// With padding. Cost: O(bytes).
[[nodiscard]] std::string base64(std::string_view bytes);

} // namespace rebolt::cli
