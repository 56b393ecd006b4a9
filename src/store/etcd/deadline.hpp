// Deadline: when a call must end. On the monotonic clock: a clock that is
// set must not end calls, nor make them endless.
#pragma once

#include <algorithm>
#include <chrono>

#include <grpc/support/time.h>

namespace rebolt::store::etcd {

class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    explicit Deadline(std::chrono::milliseconds from_now)
        : at_(Clock::now() + std::min(from_now, longest)) {}

    [[nodiscard]] bool is_over() const { return Clock::now() >= at_; }
    /// Not negative.
    [[nodiscard]] std::chrono::milliseconds left() const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
        return std::max(left, std::chrono::milliseconds{0});
    }
    [[nodiscard]] gpr_timespec for_grpc() const {
        return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                            gpr_time_from_millis(left().count(), GPR_TIMESPAN));
    }

private:
    // milliseconds::max() is a usual way to say "for ever", and would overflow.
    static constexpr std::chrono::milliseconds longest = std::chrono::hours{24 * 365};
    Clock::time_point at_;
};

} // namespace rebolt::store::etcd
