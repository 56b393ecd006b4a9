// The power cuts that a test plays at one moment.
#pragma once

#include <cstddef>
#include <functional>

#include "simulated_disk.hpp"
#include "support/random.hpp"

namespace rebolt::test {

struct PowerCutLimits {
    /// Up to so many pending effects every subset of them is tried.
    std::size_t exhaustive_effects_max = 6;
    /// A write of up to so many sectors is torn at each of them; of a longer
    /// one so many are chosen.
    std::size_t torn_sectors_max = 8;
    /// Cuts that are random altogether.
    std::size_t random_count = 12;
};

/// Calls visit for power cuts right after the newest effect: each subset of
/// effects, the newest torn at each sector, and random ones. In each of them the
/// newest effect has left something, if it is pending: what leaves nothing of it
/// is a power cut of an earlier moment. Some may come twice.
void for_each_power_cut(const SimulatedDisk& disk, const PowerCutLimits& limits, Random& random,
                        const std::function<void(const Survival&)>& visit);

} // namespace rebolt::test
