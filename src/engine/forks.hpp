// How often this process and those it was forked from have forked: a handle that is
// older than the last time is another process's.
#pragma once

#include <atomic>

#include <pthread.h>

namespace rebolt::engine {

class Forks {
public:
    /// Cost: two loads.
    [[nodiscard]] static unsigned count() noexcept {
        static const bool is_told = ::pthread_atfork(nullptr, nullptr, [] { ++count_; }) == 0;
        static_cast<void>(is_told);
        return count_.load(std::memory_order_relaxed);
    }

private:
    static inline std::atomic<unsigned> count_{0};
};

} // namespace rebolt::engine
