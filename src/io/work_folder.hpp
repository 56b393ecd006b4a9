// WorkFolder: where a file is written before it takes another's place.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/folder.hpp"

namespace rebolt::io {

/// What the name of a work folder beside `file` begins with: 16 digits of
/// random_digits() follow.
[[nodiscard]] std::string work_prefix(std::string_view file, std::string_view word);

/// Removes all files in a folder, as far as they can be removed.
void remove_all_in(const Folder& folder);

/// A private folder beside a file, removed with all in it at the end.
class WorkFolder {
public:
    /// `word`: whose it is, in its name. Errors: io, permission_denied.
    static Result<WorkFolder> make(const Place& place, std::string_view word);
    WorkFolder(WorkFolder&&) noexcept = default;
    WorkFolder& operator=(WorkFolder&&) = delete;
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder();

    [[nodiscard]] const Folder& folder() const noexcept { return *own_; }

private:
    WorkFolder(std::shared_ptr<const Folder> parent, std::shared_ptr<const Folder> own,
               std::string name);

    std::shared_ptr<const Folder> parent_; ///< null: moved from
    std::shared_ptr<const Folder> own_;
    std::string name_;
};

} // namespace rebolt::io
