// The state of a unit as evidence.
#include <utility>

#include <rebolt/evidence.hpp>

#include "systemd/unit_name.hpp"
#include "systemd/unit_state.hpp"

namespace rebolt::diagnose {

UnitEvidence inspect_unit(const std::string& unit) {
    const std::string name = systemd::unit_name(unit);
    systemd::UnitState state = systemd::unit_state(name);
    return {.unit = name,
            .unavailable = std::move(state.unavailable),
            .active = std::move(state.active),
            .sub = std::move(state.sub),
            .result = std::move(state.result),
            .main_process = state.main_process,
            .restarts = state.restarts};
}

} // namespace rebolt::diagnose
