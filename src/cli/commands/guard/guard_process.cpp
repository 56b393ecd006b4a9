#include "cli/commands/guard/guard_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/guard/report_bytes.hpp"

namespace rebolt::cli {
namespace {

using Clock = std::chrono::steady_clock;

// The guard itself looks at the time: this is for steps that do not.
constexpr std::chrono::milliseconds grace{100};

void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return; // nobody reads: this process is killed soon
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string end_of(int status) {
    if (WIFSIGNALED(status))
        return fmt::format("the guard's process was ended by signal {} ({})", WTERMSIG(status),
                           ::strsignal(WTERMSIG(status)));
    return fmt::format("the guard's process ended with exit code {}", WEXITSTATUS(status));
}

} // namespace

GuardProcess::GuardProcess(const std::vector<GuardedFile>& files, const GuardOptions& options)
    : files_(files), options_(options) {}

GuardProcess::~GuardProcess() {
    end();
}

void GuardProcess::end() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    if (pipe_ >= 0)
        ::close(pipe_);
    process_ = -1;
    pipe_ = -1;
    received_.clear();
}

void GuardProcess::start() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return;
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) {
        ::close(ends[0]);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) // it has ended already
            ::_exit(0);
        std::signal(SIGINT, SIG_IGN); // the parent hears it
        std::signal(SIGTERM, SIG_IGN);
        be_the_process(ends[1]);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
    if (process_ < 0)
        end();
}

void GuardProcess::be_the_process(int to_parent) const {
    (void)confine_guard(files_, options_); // what an old kernel cannot take stays
    GuardOptions options = options_;
    options.on_verdict = [&](const GuardReport& report) {
        write_all(to_parent, to_bytes(report, false));
    };
    for (std::size_t at = at_; at < files_.size(); ++at)
        write_all(to_parent, to_bytes(guard_file(files_[at], options), true));
    ::_exit(0);
}

bool GuardProcess::receive_until(Clock::time_point deadline) {
    std::array<char, 65536> bytes{};
    while (!cancelled()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd readable{pipe_, POLLIN, 0};
        const int ready = ::poll(
            &readable, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000)));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        const ssize_t count = ::read(pipe_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            is_over_ = true;
            return false;
        }
        received_.append(bytes.data(), static_cast<std::size_t>(count));
        return true;
    }
    return false;
}

GuardReport GuardProcess::next() {
    if (process_ < 0)
        start();
    if (process_ < 0)
        return guard_file(files_[at_++], options_);
    const auto deadline = Clock::now() + options_.time_budget + grace;
    GuardReport known;
    bool is_known = false;
    do
        while (auto one = take_report(received_)) {
            known = std::move(one->report);
            is_known = true;
            if (!one->is_final)
                continue;
            ++at_;
            return known;
        }
    while (receive_until(deadline));
    GuardReport report = unfinished(std::move(known), is_known);
    ++at_;
    return report;
}

// The process is over, or is made so.
GuardReport GuardProcess::unfinished(GuardReport known, bool is_known) {
    int status = 0;
    const bool has_ended = std::exchange(is_over_, false);
    if (has_ended) {
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        process_ = -1;
    }
    end();
    const std::string why =
        has_ended ? end_of(status)
                  : fmt::format("it took longer than {} s", options_.time_budget.count() / 1000);
    const std::string path = files_[at_].path;
    known.path = path;
    if (!is_known) {
        known.outcome = GuardOutcome::not_judged;
        known.line = fmt::format("not judged: {}: started anyway; to look at it: rebolt check {}",
                                 why, path);
    } else if (known.may_start) {
        known.line += fmt::format("; no snapshot of it: {}", why);
    } else if (has_ended) {
        known.line =
            fmt::format("{}; it could not be recovered and is as it was: {}", known.damage, why);
    }
    return known;
}

} // namespace rebolt::cli
