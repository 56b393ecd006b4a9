// FileRun: the guard's work on one file, from opening it to its report.
#pragma once

#include <chrono>
#include <string>

#include <rebolt/guard.hpp>

#include "guard/guard_record.hpp"
#include "guard/replacement.hpp"

namespace rebolt::guard {

/// The absolute path, with symbolic links resolved as far as it exists.
[[nodiscard]] std::string real_path(const std::string& path);

class FileRun {
public:
    /// Both arguments must outlive it.
    FileRun(const GuardedFile& file, const GuardOptions& options);
    GuardReport run();

private:
    using Clock = std::chrono::steady_clock;

    void end(GuardOutcome outcome, bool may_start, std::string line);
    [[nodiscard]] bool is_time_over() const { return Clock::now() > deadline_; }
    void check_file();
    void end_unopened(const Error& error);
    void end_unchecked(const Error& error);
    void end_clean(const PageSource& source, const CheckReport& checked);
    void end_empty(const PageSource& source);
    void act(const PageSource& source);
    Result<void> quarantine();
    enum class IfValuesRemain : bool { go_on, leave };
    [[nodiscard]] bool restores_values(const PageSource& source);
    Result<void> recover(const PageSource& source, IfValuesRemain if_values_remain);
    Result<void> replace_with(const Replacement& made);
    [[nodiscard]] std::string recovered_line(const Replacement& made) const;
    [[nodiscard]] std::string failed_line(const Error& error) const;
    void keep_record();

    const GuardedFile& file_;
    const GuardOptions& options_;
    Clock::time_point begun_;
    Clock::time_point deadline_;
    std::string path_; ///< symbolic links resolved
    std::string folder_;
    io::FileStamp stamp_; ///< of the file that was checked
    GuardRecord record_;
    GuardReport report_;
};

} // namespace rebolt::guard
