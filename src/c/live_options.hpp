// How long to try, as the interface gives it.
#pragma once

#include <chrono>
#include <cstdint>

#include <rebolt/live_copy.hpp>

namespace rebolt::c {

/// A negative number of milliseconds: without end.
inline LiveOptions live_options(std::int64_t timeout_milliseconds) {
    LiveOptions options;
    options.timeout = timeout_milliseconds < 0 ? std::chrono::hours{24 * 365}
                                               : std::chrono::milliseconds{timeout_milliseconds};
    return options;
}

} // namespace rebolt::c
