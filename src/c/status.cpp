#include "c/status.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace rebolt::c {
namespace {

// It must be kept where memory has run out.
thread_local std::array<char, 1024> kept{};

struct Row {
    ErrorCode code;
    rebolt_status status;
};
constexpr std::array rows{
    Row{ErrorCode::damaged, REBOLT_DAMAGED},
    Row{ErrorCode::file_not_found, REBOLT_NOT_FOUND},
    Row{ErrorCode::bucket_not_found, REBOLT_NOT_FOUND},
    Row{ErrorCode::key_not_found, REBOLT_NOT_FOUND},
    Row{ErrorCode::permission_denied, REBOLT_DENIED},
    Row{ErrorCode::lock_timeout, REBOLT_LOCKED},
    Row{ErrorCode::invalid_argument, REBOLT_INVALID},
    Row{ErrorCode::incompatible_value, REBOLT_INVALID},
    Row{ErrorCode::io, REBOLT_IO},
    Row{ErrorCode::out_of_memory, REBOLT_NO_MEMORY},
    Row{ErrorCode::cancelled, REBOLT_STOPPED},
};

// Those that are not listed are of writers and of stores.
rebolt_status status_of(ErrorCode code) noexcept {
    const auto* const row = std::ranges::find(rows, code, &Row::code);
    return row == rows.end() ? REBOLT_FAILED : row->status;
}

} // namespace

rebolt_status fail(rebolt_status status, const char* message) noexcept {
    const std::size_t size = std::min(std::strlen(message), kept.size() - 1);
    std::copy_n(message, size, kept.begin());
    kept[size] = '\0';
    return status;
}

rebolt_status fail(const Error& error) noexcept {
    try {
        return fail(status_of(error.code()), error.to_text().c_str());
    } catch (const std::bad_alloc&) {
        return fail(status_of(error.code()), "out of memory");
    }
}

} // namespace rebolt::c

const char* rebolt_message(void) {
    return rebolt::c::kept.data();
}
