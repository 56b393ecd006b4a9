// An event as JSON: in the record, and in what a host tells.
#pragma once

#include <nlohmann/json.hpp>

#include <rebolt/guard_history.hpp>

namespace rebolt::guard {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json to_json(const GuardEvent& event);
/// What is missing is empty. Throws Json::exception on what is of another kind.
[[nodiscard]] GuardEvent event_from(const Json& json);

} // namespace rebolt::guard
