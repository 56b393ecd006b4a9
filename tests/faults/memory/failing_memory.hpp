// Memory that runs out at a chosen allocation, and memory that is measured: for all of
// this program.
#pragma once

#include <cstdint>

namespace rebolt::test {

enum class Shortage : bool {
    once,     ///< that allocation fails, and no other
    for_good, ///< that one fails, and all that follow
};

/// While it lives, allocations are counted, and that of number `at`, from 0, fails.
class FailingMemory {
public:
    FailingMemory(std::uint64_t at, Shortage shortage);
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;
    ~FailingMemory();

    /// False if there were not so many allocations.
    [[nodiscard]] static bool has_failed() noexcept;
    /// True if none is going to fail.
    [[nodiscard]] static bool only_counts() noexcept;
    /// Allocations since it was made.
    [[nodiscard]] static std::uint64_t count() noexcept;
};

/// How much memory this program had at most since it was made, beyond what it had then.
/// Mappings are not counted.
class PeakMemory {
public:
    PeakMemory();
    [[nodiscard]] std::uint64_t bytes() const noexcept;

private:
    std::int64_t begin_bytes_;
};

} // namespace rebolt::test
