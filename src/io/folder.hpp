// Folder: a folder that is opened once, and Place: a name in it.
//
// What is made, linked, renamed and removed in a folder whose names others may
// change stays in that folder whatever they do: every call goes through the
// descriptor, and no call follows a link at the name itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

class Folder {
public:
    /// Takes over a folder's descriptor. `path`: for messages.
    Folder(int descriptor, std::string path) noexcept;
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();

    /// A new folder in this one under an unpredictable name that begins with
    /// `prefix`: its user's alone. Errors: io, permission_denied.
    [[nodiscard]] Result<std::shared_ptr<const Folder>> make_private(const std::string& prefix,
                                                                     std::string& name) const;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + "/" + name; }
    /// A path that leads to `name` in this very folder, as long as it is open.
    [[nodiscard]] std::string descriptor_path_of(const std::string& name) const;

    /// Of the name itself, also if it is a link. Errors: file_not_found, io.
    [[nodiscard]] Result<struct stat> status(const std::string& name) const;
    /// Opens a regular file for reading. Errors: file_not_found, permission_denied,
    /// invalid_argument (a link, a folder, a device), io.
    [[nodiscard]] Result<std::shared_ptr<const File>> open(const std::string& name) const;
    /// The same for reading and writing.
    [[nodiscard]] Result<std::shared_ptr<const File>>
    open_for_writing(const std::string& name) const;
    /// A second name for a file. Errors: io, permission_denied, not_supported (the
    /// file system has no links).
    Result<void> link(const std::string& from, const std::string& to) const;
    /// From a folder of the same file system; replaces what has the name.
    /// Errors: io, permission_denied.
    Result<void> take(const Folder& from, const std::string& old_name,
                      const std::string& name) const;
    /// Errors: file_not_found, permission_denied, io.
    Result<void> remove(const std::string& name) const;
    /// Removes an empty folder. Errors: as remove.
    Result<void> remove_folder(const std::string& name) const;
    /// So that its names stay. Errors: io.
    Result<void> sync() const;
    /// All names but `.` and `..`. Errors: io.
    [[nodiscard]] Result<std::vector<std::string>> names() const;

private:
    [[nodiscard]] Result<std::shared_ptr<const File>> open(const std::string& name,
                                                           int flags) const;

    int descriptor_;
    std::string path_;
};

/// A file's folder and its name there.
struct Place {
    std::shared_ptr<const Folder> folder;
    std::string name;

    [[nodiscard]] std::string path() const { return folder->path_of(name); }
};

enum class LastLink : bool {
    keep,   ///< the path names the link, if it is one
    follow, ///< the path names what it leads to
};

/// Where a path leads. Links on the way are followed only where no other user can
/// have put them: in a folder that only its owner can write, who is this user or
/// root; or in a sticky one, if the link is this user's or root's.
/// Errors: file_not_found (a folder on the way), permission_denied (such a link
/// too), invalid_argument (the path ends in no name), io.
[[nodiscard]] Result<Place> place_of(const std::string& path, LastLink last);

/// 16 hexadecimal digits that nobody can foresee.
[[nodiscard]] std::string random_digits();

} // namespace rebolt::io
