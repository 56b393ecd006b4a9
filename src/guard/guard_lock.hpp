// GuardLock: one guard at a time for a file, and the removal of what a killed
// one left behind.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "io/file.hpp"
#include "io/folder.hpp"

namespace rebolt::guard {

/// What the name of the folder begins with that a guard makes beside `file` to
/// write the new one in.
[[nodiscard]] std::string work_prefix(const std::string& file);

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

/// A private folder beside a file, removed with all in it at the end.
class WorkFolder {
public:
    /// Errors: io, permission_denied.
    static Result<WorkFolder> make(const io::Place& place);
    WorkFolder(WorkFolder&&) noexcept = default;
    WorkFolder& operator=(WorkFolder&&) = delete;
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder();

    [[nodiscard]] const io::Folder& folder() const noexcept { return *own_; }

private:
    WorkFolder(std::shared_ptr<const io::Folder> parent, std::shared_ptr<const io::Folder> own,
               std::string name);

    std::shared_ptr<const io::Folder> parent_; ///< null: moved from
    std::shared_ptr<const io::Folder> own_;
    std::string name_;
};

} // namespace rebolt::guard
