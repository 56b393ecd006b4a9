// FileRun: the guard's work on one file, from opening it to its report.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <rebolt/guard.hpp>
#include <rebolt/live_copy.hpp>

#include "guard/guard_record.hpp"
#include "guard/replacement.hpp"
#include "io/folder.hpp"

namespace rebolt::guard {

/// In the work folder.
inline constexpr const char* new_name = "new.db";

class FileRun {
public:
    /// Both arguments must outlive it.
    FileRun(const GuardedFile& file, const GuardOptions& options);
    GuardReport run();
    /// What is known of the file's damage; empty: nothing.
    [[nodiscard]] const std::string& damage() const noexcept { return report_.damage; }

private:
    using Clock = std::chrono::steady_clock;

    void end(GuardOutcome outcome, bool may_start, std::string line);
    [[nodiscard]] bool is_time_over() const { return Clock::now() > deadline_; }
    [[nodiscard]] bool is_after_stop() const noexcept {
        return options_.moment == GuardMoment::after_stop;
    }
    void guard_it();
    void snapshot_beside_service();
    Result<void> snapshot_of(const LiveCopy& copy, const FileStamp& stamp);
    [[nodiscard]] bool is_left_alone() const;
    [[nodiscard]] bool is_put_off(std::uint64_t bytes_max) const; ///< of a larger file
    void guard_its_content(); ///< containers' networks, containerd's blobs
    void check_file();
    void tell_verdict(GuardOutcome outcome, bool may_start, std::string line);
    [[nodiscard]] bool is_of_another_format(const PageSource& source, const CheckReport& checked);
    void end_unopened(const Error& error);
    void end_unchecked(const Error& error);
    void end_clean(const PageSource& source, const CheckReport& checked);
    [[nodiscard]] bool is_seal_broken(const PageSource& source, const CheckReport& checked);
    [[nodiscard]] bool has_snapshot(const CheckReport& checked);
    [[nodiscard]] bool compacts(const CheckReport& checked) const;
    Result<void> compact(const CheckReport& checked);
    void seal(const PageSource& source, const FileStamp& stamp);
    void seal_new_file();
    void end_empty(const PageSource& source);
    void end_failed(const Error& error);
    void act(const PageSource& source);
    Result<void> quarantine();
    Result<void> set_it_aside();
    void take_back_name();
    enum class IfValuesRemain : bool { go_on, leave };
    [[nodiscard]] bool restores_values(const PageSource& source);
    Result<void> recover(const PageSource& source, IfValuesRemain if_values_remain);
    bool repairs_member();
    Result<void> replace_with(const io::Folder& work, const Replacement& made);
    [[nodiscard]] std::string failed_line(const Error& error) const;
    void keep_record();

    const GuardedFile& file_;
    const GuardOptions& options_;
    Clock::time_point begun_;
    Clock::time_point deadline_;
    io::Place place_;
    std::string path_;                       ///< of place_, in words
    std::string folder_;                     ///< of its snapshots and record
    std::shared_ptr<const io::File> opened_; ///< the file that is checked
    FileStamp stamp_;                        ///< of it
    bool has_changed_ = false;               ///< under our hands
    GuardRecord record_;
    GuardReport report_;
};

} // namespace rebolt::guard
