// FileEvents: wakes a thread that waits for a file to change.
//
// inotify on the folder that the file is in, so that a file that is replaced,
// removed or created again is noticed too. If the system has no inotify instance
// left, or the folder does not exist, it wakes twenty times a second. It does not
// say what woke it: the waiting thread looks at the file (io/file_mark.hpp).
#pragma once

#include <chrono>
#include <string>

namespace rebolt::io {

class FileEvents {
public:
    /// Changes from now on end the next wait().
    explicit FileEvents(const std::string& path);
    FileEvents(const FileEvents&) = delete;
    FileEvents& operator=(const FileEvents&) = delete;
    ~FileEvents();

    /// Returns when the file may have changed, after wake(), or when `timeout`
    /// is over; in any case after a second.
    void wait(std::chrono::milliseconds timeout);
    /// Ends the wait() that is under way, or the next one. From any thread.
    void wake() const noexcept;
    /// False if it polls instead.
    [[nodiscard]] bool is_told() const noexcept { return is_watching_; }

private:
    void watch_folder();

    std::string folder_;
    int inotify_;
    int wakeup_;
    bool is_watching_ = false;
};

} // namespace rebolt::io
