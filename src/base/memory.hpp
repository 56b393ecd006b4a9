// Memory that is not to be had, as a value: no exception leaves a public call.
#pragma once

#include <new>

#include <rebolt/result.hpp>

namespace rebolt {

/// What `work` returns; Errors: out_of_memory, if it threw std::bad_alloc.
template <class Work>
[[nodiscard]] auto with_memory(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error(ErrorCode::out_of_memory, "out of memory");
    }
}

} // namespace rebolt
