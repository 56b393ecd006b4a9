// Pulse: asks now and then whether the work must stop.
#pragma once

#include <chrono>
#include <cstdint>

#include <rebolt/recover.hpp>

namespace rebolt::salvage {

class Pulse {
public:
    explicit Pulse(const RecoverOptions& options) noexcept : options_(options) {}

    /// Called in every loop over pages or elements. Cost: a counter, and a look
    /// at token and clock every thousandth time. Errors: cancelled.
    Result<void> beat() {
        constexpr std::uint32_t beats_a_look = 1024;
        if (++beats_ % beats_a_look != 0 || !must_stop())
            return {};
        return Error(ErrorCode::cancelled, "cancelled: no new file was made");
    }
    [[nodiscard]] bool must_stop() const {
        return options_.stop.stop_requested() ||
               (options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline);
    }

private:
    const RecoverOptions& options_;
    std::uint32_t beats_ = 0;
};

} // namespace rebolt::salvage
