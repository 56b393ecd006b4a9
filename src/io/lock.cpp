#include "io/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fmt/format.h>

namespace rebolt::io {
namespace {

// At first often: most holders are done in a moment. bbolt asks every 50 ms
// (flockRetryTimeout), and so loses against a writer that takes no pause.
constexpr std::chrono::milliseconds first_interval{1};
constexpr std::chrono::milliseconds longest_interval{10};

std::string process_name(const std::string& process_id) {
    std::ifstream comm("/proc/" + process_id + "/comm");
    std::string name;
    if (!std::getline(comm, name))
        name = "unknown program";
    return printable(name);
}

// A line of /proc/locks: `3: FLOCK  ADVISORY  WRITE 812 fe:01:1835024 0 EOF`;
// lines with `->` are waiters.
std::optional<std::string> holder_in(const std::string& line, const std::string& inode) {
    std::istringstream fields(line);
    std::string number;
    std::string kind;
    std::string advisory;
    std::string access;
    std::string process_id;
    std::string place;
    fields >> number >> kind >> advisory >> access >> process_id >> place;
    if (kind != "FLOCK" || place != inode)
        return std::nullopt;
    return process_id;
}

// Device and inode as the system writes them.
std::string inode_of(const File& file) {
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0)
        return {};
    return fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev),
                       status.st_ino);
}

// True if another descriptor of this process holds an flock on the file. Its
// /proc/self/fdinfo has it as `lock:`, then the line of /proc/locks.
bool is_locked_here(const File& file) {
    constexpr std::string_view label = "lock:";
    const std::string inode = inode_of(file);
    std::error_code failed;
    std::filesystem::directory_iterator each("/proc/self/fdinfo", failed);
    for (; !failed && each != std::filesystem::directory_iterator(); each.increment(failed)) {
        std::ifstream info(each->path());
        for (std::string line; std::getline(info, line);)
            if (line.starts_with(label) && holder_in(line.substr(label.size()), inode))
                return true;
    }
    return false;
}

Error held_by(const File& file, const std::string& holders) {
    std::string message = fmt::format("the file is locked by {}", holders);
    if (is_locked_here(file))
        message = "the file is locked by this process itself: use the handle that has it, or close "
                  "that first; with a timeout, open() waits so long for it to be closed";
    else if (holders.empty())
        message = "the file is locked by another program, and /proc/locks does not tell which";
    return Error(ErrorCode::lock_timeout, std::move(message)).in_file(file.path());
}

} // namespace

Result<void> lock(const File& file, LockMode mode,
                  std::optional<std::chrono::milliseconds> timeout) {
    const int operation = (mode == LockMode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    const auto deadline =
        std::chrono::steady_clock::now() + timeout.value_or(std::chrono::milliseconds{0});
    auto interval = first_interval;
    while (::flock(file.descriptor(), operation) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return system_error(errno, "cannot lock", file.path());
        const auto now = std::chrono::steady_clock::now();
        if (timeout ? now >= deadline : is_locked_here(file))
            return held_by(file, lock_holders(file));
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
        std::this_thread::sleep_for(
            timeout ? std::clamp(left, std::chrono::milliseconds{1}, interval) : interval);
        interval = std::min(interval * 2, longest_interval);
    }
    return {};
}

std::string lock_holders(const File& file) {
    const std::string inode = inode_of(file);
    std::ifstream locks("/proc/locks");
    std::string holders;
    for (std::string line; std::getline(locks, line);) {
        const std::optional<std::string> process_id = holder_in(line, inode);
        if (process_id)
            holders += fmt::format("{}{} (process {})", holders.empty() ? "" : ", ",
                                   process_name(*process_id), *process_id);
    }
    return holders;
}

} // namespace rebolt::io
