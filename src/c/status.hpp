// Errors as numbers, and the message of this thread.
#pragma once

#include <exception>
#include <new>
#include <string>

#include <rebolt/error.hpp>
#include <rebolt/rebolt.h>

namespace rebolt::c {

/// Keeps the message for rebolt_message(); returns `status`.
rebolt_status fail(rebolt_status status, const char* message) noexcept;
rebolt_status fail(const Error& error) noexcept;

/// Runs what a function of the interface does.
template <class Work>
rebolt_status guarded(Work&& work) noexcept {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(REBOLT_NO_MEMORY, "out of memory");
    } catch (const std::exception& error) {
        return fail(REBOLT_FAILED, error.what());
    }
}

} // namespace rebolt::c
