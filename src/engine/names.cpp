// The names of the engine's enums.
#include <rebolt/db.hpp>

namespace rebolt {

std::string_view name_of(Access access) noexcept {
    switch (access) {
    case Access::read:
        return "read";
    case Access::write:
        return "write";
    }
    return "unknown";
}

std::string_view name_of(CommitSync sync) noexcept {
    switch (sync) {
    case CommitSync::on:
        return "on";
    case CommitSync::off:
        return "off";
    }
    return "unknown";
}

std::string_view name_of(FreelistType type) noexcept {
    switch (type) {
    case FreelistType::array:
        return "array";
    case FreelistType::hashmap:
        return "hashmap";
    }
    return "unknown";
}

std::string_view name_of(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "unknown";
}

} // namespace rebolt
