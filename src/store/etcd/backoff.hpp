// Backoff: pauses between attempts, each twice as long as the one before, with
// jitter, so that clients that lost one server do not come back at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace rebolt::store::etcd {

class Backoff {
public:
    using Milliseconds = std::chrono::milliseconds;

    /// The next pause: between half of the nominal one and all of it.
    [[nodiscard]] Milliseconds next() {
        const Milliseconds nominal = nominal_;
        nominal_ = std::min(nominal * 2, longest);
        std::uniform_int_distribution<Milliseconds::rep> some(nominal.count() / 2, nominal.count());
        std::random_device random; // pauses are rare enough
        return Milliseconds{some(random)};
    }
    void reset() { nominal_ = first; }

private:
    static constexpr Milliseconds first{50};
    static constexpr Milliseconds longest{2'000};
    Milliseconds nominal_ = first;
};

} // namespace rebolt::store::etcd
