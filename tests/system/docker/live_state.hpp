// LiveState: what a dockerd leaves behind when the power goes while it runs 14
// networks and 24 containers; made once, restored for each damage.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "box.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {

/// What a user has of Docker, a line each, sorted.
struct Possessions {
    std::vector<std::string> networks;   ///< user networks: name, id, driver, subnets
    std::vector<std::string> options;    ///< the same with labels and options
    std::vector<std::string> containers; ///< running ones, and the networks that each is in
    std::vector<std::string> volumes;    ///< with their labels
};

[[nodiscard]] Possessions possessions_in(const Box& box);
/// How many of `expected` are in `found`.
[[nodiscard]] std::size_t count_of(const std::vector<std::string>& expected,
                                   const std::vector<std::string>& found);

class LiveState {
public:
    /// The one of this process. `problem()` says why there is none.
    static LiveState& get();

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// What must come back: `containers` are those that restart by themselves.
    [[nodiscard]] const Possessions& possessions() const noexcept { return expected_; }
    /// Of the networks those that containers are in.
    [[nodiscard]] std::vector<std::string> networks_in_use() const;
    /// How long its start takes with nothing damaged.
    [[nodiscard]] std::chrono::milliseconds start_takes() const noexcept { return takes_; }
    /// Where the box must be: the guard knows files by their paths.
    [[nodiscard]] std::string box_folder() const { return folder_.path("box"); }
    /// Puts the data root, as the power cut left it, into the box.
    void restore(const Box& box) const;
    /// A state folder as a guard has it that was there at the last start.
    [[nodiscard]] std::string guard_state() const;

private:
    LiveState();
    void make();
    [[nodiscard]] std::string first_guard_state() const { return folder_.path("first-guard"); }
    void import_image(const Box& box);
    void make_first_half(const Box& box);
    void make_second_half(const Box& box);

    TemporaryFolder folder_;
    std::string problem_;
    Possessions expected_;
    std::chrono::milliseconds takes_{0};
};

} // namespace rebolt::test
