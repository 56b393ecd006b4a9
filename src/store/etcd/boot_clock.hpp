// BootClock: goes on while the machine sleeps, as a server's clock does; what
// leases are measured by.
#pragma once

#include <chrono>

#include <time.h>

namespace rebolt::store::etcd {

struct BootClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept {
        timespec now{};
        ::clock_gettime(CLOCK_BOOTTIME, &now);
        return time_point(std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec});
    }
};

} // namespace rebolt::store::etcd
