// Sets a file aside under another name in its folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

#include "io/file_stamp.hpp"
#include "io/folder.hpp"

namespace rebolt::io {

inline constexpr std::string_view damaged_word = "damaged";
inline constexpr std::string_view replaced_word = "replaced";

/// `FILE.WORD-<UTC time>`, newer than all of its kind that are there.
[[nodiscard]] std::string next_aside_name(const Place& place, std::string_view word);

/// A file that was set aside: its name in the folder. It is restored or removed only
/// if that name is still this very file's.
struct AsideFile {
    std::string name;
    std::uint64_t inode = 0;
};

/// True for `FILE.WORD-<UTC time>`, with a number behind it or none: names that
/// set_aside() gives, and nothing else.
[[nodiscard]] bool is_aside_name(std::string_view name, std::string_view file,
                                 std::string_view word);

/// Gives the file a second name, `FILE.WORD-<UTC time>`, synced: a hard link, which
/// needs no space and is the very same bytes; where the file system has no links,
/// a copy, read back and compared. If it already has one of this kind, that one.
/// `expected`: the file that is meant; any other is left alone.
/// Errors: io, permission_denied, invalid_argument (replaced or changed).
Result<AsideFile> set_aside(const Place& place, std::string_view word, const FileStamp& expected);

/// All regular files of that kind in the folder, newest first.
[[nodiscard]] std::vector<AsideFile> files_set_aside(const Place& place, std::string_view word);

/// True if the name is still that very file's.
[[nodiscard]] bool is_there(const Place& place, const AsideFile& file);

/// Whether the first was set aside later than the second, by their names.
[[nodiscard]] bool is_newer(const AsideFile& left, const AsideFile& right);

/// Errors: invalid_argument (the file was replaced or changed), io.
[[nodiscard]] Result<void> require_unchanged(const Place& place, const FileStamp& expected);

} // namespace rebolt::io
