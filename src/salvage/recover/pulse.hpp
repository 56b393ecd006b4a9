// Pulse: asks now and then whether the work must stop.
#pragma once

#include <chrono>
#include <cstdint>

#include <rebolt/recover.hpp>

namespace rebolt::salvage {

class Pulse {
public:
    explicit Pulse(const RecoverOptions& options) noexcept : options_(options) {}

    /// Called in every loop over pages or elements: false from when the work must
    /// stop; what the loop leaves is then not looked at. Cost: a counter, and a look
    /// at token and clock every thousandth time.
    bool goes_on() noexcept {
        constexpr std::uint64_t beats_a_look = 1024;
        if (++beats_ % beats_a_look == 0 && must_stop())
            has_stopped_ = true;
        return !has_stopped_;
    }
    /// The same, where errors are returned. Errors: cancelled.
    Result<void> beat() {
        if (goes_on())
            return {};
        return Error(ErrorCode::cancelled, "cancelled: no new file was made");
    }
    /// Whether a loop was left early.
    [[nodiscard]] bool has_stopped() const noexcept { return has_stopped_; }
    [[nodiscard]] bool must_stop() const noexcept {
        return options_.stop.stop_requested() ||
               (options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline);
    }
    /// Steps of work so far.
    [[nodiscard]] std::uint64_t beats() const noexcept { return beats_; }

private:
    const RecoverOptions& options_;
    std::uint64_t beats_ = 0;
    bool has_stopped_ = false;
};

} // namespace rebolt::salvage
