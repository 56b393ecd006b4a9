// Base64 with padding, as encoding/json writes byte slices.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rebolt {

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// nullopt if `text` is not base64 with padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

} // namespace rebolt
