// Damage met by a command that goes on after it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <rebolt/error.hpp>

#include "cli/exit_code.hpp"

namespace rebolt::cli {

/// Says that Ctrl-C ended the command; returns `cancelled`.
[[nodiscard]] ExitCode report_cancelled();

/// Shows each damage on stderr as it is met, and, after many, only counts.
class DamageLog {
public:
    explicit DamageLog(std::string file) : file_(std::move(file)) {}

    void add(const Error& error);
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// Says how many were not shown, and what to type next. Returns `damaged`
    /// if there was any, `cancelled` after Ctrl-C, else `done`.
    [[nodiscard]] ExitCode finish();

private:
    static constexpr std::uint64_t shown_max = 20;

    std::string file_;
    std::uint64_t count_ = 0;
};

} // namespace rebolt::cli
