// Progress on stderr, when it is a terminal and the work takes its time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace rebolt::cli {

/// What is counted.
enum class ProgressUnit : std::uint8_t { pages, bytes, keys, entries };

/// Shows nothing for the first half second, then a line that is rewritten ten
/// times a second; the destructor removes it.
class Progress {
public:
    /// Shows nothing if `enabled` is false or stderr is no terminal.
    Progress(ProgressUnit unit, bool enabled);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// `stage`: of a work that counts from 0 again in each; shown in front.
    void update(std::uint64_t done, std::uint64_t total, std::string_view stage = {});

private:
    using Clock = std::chrono::steady_clock;

    ProgressUnit unit_;
    bool enabled_;
    bool shown_ = false;
    std::string stage_;
    Clock::time_point begin_;
    Clock::time_point next_;
};

/// `12% of 1000000 pages, 250000 pages/s, 4 s left`; fits 60 columns.
[[nodiscard]] std::string progress_text(std::uint64_t done, std::uint64_t total, double seconds,
                                        ProgressUnit unit);

} // namespace rebolt::cli
