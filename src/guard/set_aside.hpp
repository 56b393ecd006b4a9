// Sets a file aside under another name in its folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

#include "guard/guard_record.hpp"
#include "io/folder.hpp"

namespace rebolt::guard {

inline constexpr std::string_view damaged_word = "damaged";
inline constexpr std::string_view replaced_word = "replaced";

/// True for `FILE.WORD-<UTC time>`, with a number behind it or none: names that the
/// guard gives, and nothing else.
[[nodiscard]] bool is_aside_name(std::string_view name, std::string_view file,
                                 std::string_view word);

/// Gives the file a second name, `FILE.WORD-<UTC time>`, synced: a hard link, which
/// needs no space and is the very same bytes; where the file system has no links,
/// a copy, read back and compared. If it already has one of this kind, that one.
/// `expected`: the file that is meant; any other is left alone.
/// Errors: io, permission_denied, invalid_argument (replaced or changed).
Result<AsideFile> set_aside(const io::Place& place, std::string_view word,
                            const FileStamp& expected);

/// All regular files of that kind in the folder, newest first.
[[nodiscard]] std::vector<AsideFile> files_set_aside(const io::Place& place, std::string_view word);

/// True if the name is still that very file's.
[[nodiscard]] bool is_there(const io::Place& place, const AsideFile& file);

/// Removes the oldest of this kind that `record` names, and forgets them: `kept` stay.
/// Names that are another file's by now are only forgotten.
void drop_oldest(const io::Place& place, std::string_view word, std::size_t kept,
                 GuardRecord& record);

/// Errors: invalid_argument (the file was replaced or changed), io.
[[nodiscard]] Result<void> require_unchanged(const io::Place& place, const FileStamp& expected);

} // namespace rebolt::guard
