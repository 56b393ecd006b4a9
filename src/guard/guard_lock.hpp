// GuardLock: one guard at a time for a file, and the removal of what a killed
// one left behind.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "io/file.hpp"
#include "io/work_folder.hpp"

namespace rebolt::guard {

/// Of the guard's work folders (io::WorkFolder).
inline constexpr std::string_view work_word = "rebolt-guard";

/// Held while a guard works on a file. Best effort: where the state folder is
/// not writable it holds nothing, and the guard works all the same.
class GuardLock {
public:
    GuardLock() = default; ///< holds nothing
    /// Creates `folder` if needed; waits for another guard to finish.
    GuardLock(const std::string& folder, std::chrono::milliseconds longest);

    /// Removes what a killed guard left half done, beside the file and in its
    /// folder. Only if the lock is held: no other guard is at work then.
    void remove_leftovers(const io::Place& place) const;

private:
    std::string folder_;
    std::shared_ptr<const io::File> file_; ///< null: not held
};

} // namespace rebolt::guard
