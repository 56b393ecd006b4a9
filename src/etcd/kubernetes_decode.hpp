// Messages of Kubernetes' kinds as JSON, with the names and the forms that the API
// has. What the table does not name is handed out as it is stored, with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "etcd/kubernetes_fields.hpp"

namespace rebolt::etcd {

/// A field, or a whole message, that has no JSON.
struct UnnamedValue {
    std::string path;        ///< `spec.containers[0].99`: names, then the field's number
    std::string_view stored; ///< a field's bytes, or all of a message that is damaged
    bool is_number = false;
    std::uint64_t integer = 0; ///< of a number
};

struct DecodedMessage {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    std::vector<UnnamedValue> unnamed; ///< views of the stored bytes

    /// Nothing of the stored bytes is missing in `json`.
    [[nodiscard]] bool is_complete() const noexcept { return unnamed.empty(); }
};

/// Decodes a message, in the order of its bytes. Never fails. Cost: O(message).
[[nodiscard]] DecodedMessage decode_message(const ApiMessage& message, std::string_view bytes);

} // namespace rebolt::etcd
