#include "cli/progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::cli {
namespace {

constexpr std::chrono::milliseconds quiet_time{500};
constexpr std::chrono::milliseconds interval{100};
constexpr const char* clear_line = "\r\x1b[K";

// `1.1 GB`, by thousands, as disks are sold.
std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
    constexpr double step = 1000;
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= step && unit + 1 < units.size(); ++unit)
        amount /= step;
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string amount(std::uint64_t count, ProgressUnit unit) {
    switch (unit) {
    case ProgressUnit::bytes:
        return bytes_text(count);
    case ProgressUnit::pages:
        return fmt::format("{} pages", count);
    case ProgressUnit::keys:
        return fmt::format("{} keys", count);
    case ProgressUnit::entries:
        return fmt::format("{} entries", count);
    }
    return {};
}

// Of the terminal; a line as wide as it would wrap.
std::size_t columns() {
    constexpr std::size_t usual = 80;
    winsize size{};
    const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return is_known ? std::size_t{size.ws_col} - 1 : usual;
}

} // namespace

std::string progress_text(std::uint64_t done, std::uint64_t total, double seconds,
                          ProgressUnit unit) {
    const std::uint64_t percent = total == 0 ? 100 : std::min(done, total) * 100 / total;
    std::string text = fmt::format("{}% of {}", percent, amount(total, unit));
    if (done == 0 || seconds <= 0)
        return text;
    const double rate = static_cast<double>(done) / seconds;
    const double left = static_cast<double>(total > done ? total - done : 0) / rate;
    return text + fmt::format(", {}/s, {:.0f} s left",
                              amount(static_cast<std::uint64_t>(rate), unit), left);
}

Progress::Progress(ProgressUnit unit, bool enabled)
    : unit_(unit), enabled_(enabled && ::isatty(STDERR_FILENO) == 1), begin_(Clock::now()),
      next_(begin_ + quiet_time) {}

Progress::~Progress() {
    if (shown_)
        std::fputs(clear_line, stderr);
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::string_view stage) {
    if (!enabled_)
        return;
    if (stage != stage_) {
        stage_ = stage;
        begin_ = Clock::now();
    }
    if (Clock::now() < next_)
        return;
    const auto now = Clock::now();
    next_ = now + interval;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const std::string text = progress_text(done, total, seconds, unit_);
    const std::string line =
        (stage_.empty() ? text : fmt::format("{}: {}", stage_, text)).substr(0, columns());
    std::fputs((clear_line + line).c_str(), stderr);
    std::fflush(stderr);
}

} // namespace rebolt::cli
