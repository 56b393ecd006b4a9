// find_bolt_files: the bolt files below a folder.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt {

struct FoundFiles {
    std::vector<std::string>
        bolt; ///< sorted; a meta's magic is where it belongs, or pages have their numbers
    /// Folders and files that could not be read, with the reason.
    std::vector<std::string> unreadable;
};

/// Looks at the first bytes of every regular file below `folder`. Symbolic links
/// are not followed, and other file systems are not entered. `path` may be a file:
/// it is then the only one looked at, and is listed whatever is in it.
/// `progress` is told each folder's path; returns false to cancel. Errors:
/// file_not_found, permission_denied, io, cancelled. Cost: one read a file.
[[nodiscard]] Result<FoundFiles>
find_bolt_files(const std::string& path,
                const std::function<bool(const std::string&)>& progress = nullptr);

} // namespace rebolt
