// What Go's encoding/json says of a text that is no JSON.
#pragma once

#include <string>
#include <string_view>

namespace rebolt::docker {

/// `invalid character '0' after object key:value pair`, `unexpected end of JSON
/// input`: of its first fault, in the words of Go's scanner. Cost: O(text).
[[nodiscard]] std::string go_json_fault(std::string_view text);

} // namespace rebolt::docker
