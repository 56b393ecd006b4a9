#include "cli/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

constexpr std::chrono::milliseconds quiet_time{500};
constexpr std::chrono::milliseconds interval{100};
constexpr const char* clear_line = "\r\x1b[K";

} // namespace

std::string progress_text(std::uint64_t done, std::uint64_t total, double seconds,
                          const std::string& unit) {
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    const std::uint64_t left = total > done ? total - done : 0;
    std::string text = fmt::format("{}% of {} {}, {:.0f} {}/s",
                                   total == 0 ? 100 : std::min(done, total) * 100 / total, total,
                                   unit, rate, unit);
    if (rate > 0)
        text += fmt::format(", {:.0f} s left", static_cast<double>(left) / rate);
    return text;
}

Progress::Progress(std::string unit, bool enabled)
    : unit_(std::move(unit)), enabled_(enabled && ::isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()), next_(begin_ + quiet_time) {}

Progress::~Progress() {
    if (shown_)
        std::fputs(clear_line, stderr);
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
    if (!enabled_ || Clock::now() < next_)
        return;
    const auto now = Clock::now();
    next_ = now + interval;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    std::fputs((clear_line + progress_text(done, total, seconds, unit_)).c_str(), stderr);
    std::fflush(stderr);
}

} // namespace rebolt::cli
