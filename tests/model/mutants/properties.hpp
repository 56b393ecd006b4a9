// What must hold for every file, whatever its bytes.
#pragma once

#include <cstddef>
#include <string>

#include <rebolt/check.hpp>

namespace rebolt::test {

/// What reading everything that the engine offers came to.
struct Reading {
    std::uint64_t entries = 0; ///< yielded by cursors, in all buckets
    bool sound = true;         ///< no call returned damage
    std::string first_error;
};

/// Opens the file and calls everything that reads: walks forwards and
/// backwards, seeks, gets, nested buckets, statistics, prefix listings.
/// Records a test failure if a call does more work than the file allows.
[[nodiscard]] Reading read_everything(const std::string& path);

/// Checks with one thread and with two; records a test failure if the reports
/// differ, a page is not accounted for, or the work is out of bounds.
[[nodiscard]] CheckReport check_everything(const std::string& path);

} // namespace rebolt::test
