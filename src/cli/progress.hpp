// Progress on stderr, when it is a terminal and the work takes its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace rebolt::cli {

/// Shows nothing for the first half second, then a line that is rewritten ten
/// times a second; the destructor removes it.
class Progress {
public:
    /// `unit`: `pages`. Shows nothing if `enabled` is false or stderr is no
    /// terminal.
    Progress(std::string unit, bool enabled);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void update(std::uint64_t done, std::uint64_t total);

private:
    using Clock = std::chrono::steady_clock;

    std::string unit_;
    bool enabled_;
    bool shown_ = false;
    Clock::time_point begin_;
    Clock::time_point next_;
};

/// `12% of 1000000 pages, 250000 pages/s, 4 s left`.
[[nodiscard]] std::string progress_text(std::uint64_t done, std::uint64_t total, double seconds,
                                        const std::string& unit);

} // namespace rebolt::cli
