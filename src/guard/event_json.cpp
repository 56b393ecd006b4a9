#include "guard/event_json.hpp"

namespace rebolt::guard {
namespace {

std::optional<std::uint64_t> number_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null())
        return std::nullopt;
    return found->get<std::uint64_t>();
}

Json json_of(const std::optional<std::uint64_t>& number) {
    return number ? Json(*number) : Json(nullptr);
}

} // namespace

Json to_json(const GuardEvent& event) {
    return {{"time", event.time},
            {"outcome", name_of(event.outcome)},
            {"line", event.line},
            {"damage", event.damage},
            {"quarantine", event.quarantine},
            {"restored_from", event.restored_from},
            {"keys_recovered", json_of(event.keys_recovered)},
            {"keys_lost", json_of(event.keys_lost)}};
}

GuardEvent event_from(const Json& json) {
    return {.time = json.value("time", ""),
            .outcome = guard_outcome(json.value("outcome", "")).value_or(GuardOutcome::not_judged),
            .line = json.value("line", ""),
            .damage = json.value("damage", ""),
            .quarantine = json.value("quarantine", ""),
            .restored_from = json.value("restored_from", ""),
            .keys_recovered = number_in(json, "keys_recovered"),
            .keys_lost = number_in(json, "keys_lost")};
}

} // namespace rebolt::guard
