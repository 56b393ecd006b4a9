#include "systemd/unit_name.hpp"

namespace rebolt::systemd {

std::string unit_name(std::string_view unit) {
    for (const std::string_view suffix : {".service", ".socket", ".scope", ".slice"})
        if (unit.ends_with(suffix))
            return std::string(unit);
    return std::string(unit) + ".service";
}

} // namespace rebolt::systemd
