// GuardProcess: guards files in a process of its own, so that nothing that happens
// there, a crash, an end without memory, a step without end, keeps a healthy
// service from starting.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

#include <rebolt/guard.hpp>

namespace rebolt::cli {

class GuardProcess {
public:
    /// Both must outlive it.
    GuardProcess(const std::vector<GuardedFile>& files, const GuardOptions& options);
    GuardProcess(const GuardProcess&) = delete;
    GuardProcess& operator=(const GuardProcess&) = delete;
    /// Ends the process.
    ~GuardProcess();

    /// What became of the next file. Comes within the time for one file and a moment:
    /// a process that needs longer is killed, and what is known by then is the answer.
    /// Where the system has no process for us the file is guarded in this one.
    GuardReport next();

private:
    void start();
    void end();
    [[noreturn]] void be_the_process(int to_parent) const;
    /// True if bytes came; false at the deadline, at the process's end, or when the
    /// user asked to stop.
    bool receive_until(std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] GuardReport unfinished(GuardReport known, bool is_known);

    const std::vector<GuardedFile>& files_;
    const GuardOptions& options_;
    std::size_t at_ = 0; ///< the file that is guarded
    pid_t process_ = -1;
    int pipe_ = -1;        ///< from the process; -1: it is over
    bool is_over_ = false; ///< the process has closed its end
    std::string received_; ///< and not taken yet
};

} // namespace rebolt::cli
