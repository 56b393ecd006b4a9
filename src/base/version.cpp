#include <rebolt/version.hpp>

#include <string>

#include <fmt/format.h>

namespace rebolt {

const char* version() noexcept {
    static const std::string text =
        fmt::format("{}.{}.{}", REBOLT_VERSION_MAJOR, REBOLT_VERSION_MINOR, REBOLT_VERSION_PATCH);
    return text.c_str();
}

} // namespace rebolt
