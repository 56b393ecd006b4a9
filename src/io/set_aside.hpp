// Sets a file aside under another name, and puts another file in its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

#include "io/file_stamp.hpp"

namespace rebolt::io {

inline constexpr std::string_view damaged_word = "damaged";
inline constexpr std::string_view replaced_word = "replaced";

/// A file's owner and permissions.
struct Ownership {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint32_t mode = 0600;
};
/// Errors: file_not_found, io.
[[nodiscard]] Result<Ownership> ownership_of(const std::string& path);

/// Gives the file a second name, `PATH.WORD-<UTC time>`, synced: a hard link, which
/// needs no space and is the very same bytes; where the file system has no links,
/// a copy, read back and compared. Returns its name; if it already has one of this
/// kind, that one. `expected`: the file that is meant; any other is left alone.
/// Errors: io, permission_denied, invalid_argument (replaced or changed).
Result<std::string> set_aside(const std::string& path, std::string_view word,
                              const FileStamp& expected);

/// All names of that kind, newest first.
[[nodiscard]] std::vector<std::string> names_set_aside(const std::string& path,
                                                       std::string_view word);
/// Keeps the `kept` newest and removes the others.
void drop_oldest(const std::string& path, std::string_view word, std::size_t kept);

/// Gives `from` the owner and the extended attributes (SELinux label, access lists;
/// best effort) of the file at `path`, then renames it over that file; synced.
/// Errors: io, permission_denied.
Result<void> put_in_place(const std::string& from, const std::string& path,
                          const Ownership& ownership);

/// Errors: invalid_argument (the file was replaced or changed), io.
[[nodiscard]] Result<void> require_unchanged(const std::string& path, const FileStamp& expected);

} // namespace rebolt::io
