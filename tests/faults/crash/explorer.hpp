// Plays power cuts at every moment of a history, and judges what each leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "history.hpp"
#include "memory_file.hpp"
#include "power_cuts.hpp"
#include "support/random.hpp"

namespace rebolt::test {

struct ExplorerOptions {
    PowerCutLimits limits;
    /// One state in so many is also written to after it was read, and the power
    /// is cut in that transaction again; 0: none.
    std::size_t second_cut_every = 200;
    /// A handle that wrote the two last transactions leaves both trees whole. One
    /// that was just opened does not know what only the older tree uses.
    Trees whole = Trees::both;
    /// The search ends with so many failures.
    std::size_t failures_max = 3;
};

/// A state that the database did not survive.
struct Failure {
    std::string text; ///< the moment, what survived, what is wrong
    std::string image;
};

class Explorer {
public:
    Explorer(const History& history, const ExplorerOptions& options, std::uint64_t seed);

    void run();
    /// Crash states that were judged: no two alike between two syncs.
    [[nodiscard]] std::size_t state_count() const noexcept { return state_count_; }
    /// Of these, how many held the transaction that was in flight.
    [[nodiscard]] std::size_t early_count() const noexcept { return early_count_; }
    [[nodiscard]] const std::vector<Failure>& failures() const noexcept { return failures_; }

private:
    void play(const SimulatedDisk& disk, std::size_t moment);
    void judge(const std::string& image, std::size_t moment, const SimulatedDisk& disk,
               const Survival& survival);
    Result<const Committed*> expected(const std::string& image, std::size_t moment);
    Result<void> judge_new_file();
    Result<void> judge_file(const Committed& expected);
    Result<void> write_on(const std::string& image, const Committed* committed);

    const History& history_;
    const ExplorerOptions options_;
    Random random_;
    MemoryFile file_;
    std::string image_; ///< of the state that is judged
    std::unordered_set<std::size_t> seen_;
    std::size_t state_count_ = 0;
    std::size_t early_count_ = 0;
    std::vector<Failure> failures_;
};

} // namespace rebolt::test
