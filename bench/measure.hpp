// Medians of repeated runs, and the table that shows them as ratios.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rebolt::bench {

/// The median of `runs` runs, in seconds.
[[nodiscard]] double median_seconds(unsigned runs, const std::function<void()>& work);

/// The median of what `runs` calls return.
[[nodiscard]] double median_seconds_of(unsigned runs, const std::function<double()>& measure);

/// Runs a shell command that prints {"median_seconds":x}; returns x. Ends the
/// program if it fails.
[[nodiscard]] double peer_seconds(const std::string& command);

/// The same sequence of keys as bboltpeer's: splitmix64(i) % count, 16 digits.
[[nodiscard]] std::vector<std::string> random_keys(std::uint64_t gets, std::uint64_t count);

/// The finalizer of the splitmix64 generator, as a function of an index.
[[nodiscard]] std::uint64_t splitmix64(std::uint64_t index) noexcept;

/// Keeps the optimiser from throwing reads away.
void use(std::uint64_t value);

} // namespace rebolt::bench
