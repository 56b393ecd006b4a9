// Setting a file aside beside its place, and putting another in its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

#include "guard/guard_record.hpp"

namespace rebolt::guard {

inline constexpr std::string_view damaged_word = "damaged";
inline constexpr std::string_view replaced_word = "replaced";

/// Who a file belongs to, and who may use it.
struct Ownership {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint32_t mode = 0600;
};
/// Errors: file_not_found, io.
[[nodiscard]] Result<Ownership> ownership_of(const std::string& path);

/// Gives the file a second name, `PATH.WORD-<UTC time>`, synced: by a hard link,
/// which needs no room and is the very same bytes; by a copy, read back and
/// compared, where the file system has no links. The same name again if it has
/// one of the kind already. `expected`: the file that is meant; what else stands
/// there now is left alone. Errors: io, permission_denied, invalid_argument (it is
/// another file, or was changed).
Result<std::string> set_aside(const std::string& path, std::string_view word,
                              const FileStamp& expected);

/// All names of that kind, the newest first.
[[nodiscard]] std::vector<std::string> names_set_aside(const std::string& path,
                                                       std::string_view word);
/// Removes the oldest beyond `kept`.
void drop_oldest(const std::string& path, std::string_view word, std::size_t kept);

/// Gives `from` the owner and the extended attributes (SELinux's label, access
/// lists; best effort) of what stands at `path`, and then that name; synced.
/// Errors: io, permission_denied.
Result<void> put_in_place(const std::string& from, const std::string& path,
                          const Ownership& ownership);

/// Errors: invalid_argument (it is another file now, or was changed), io.
[[nodiscard]] Result<void> expect_same(const std::string& path, const FileStamp& expected);

/// Takes the name `path` away, synced. Errors: io, permission_denied.
Result<void> take_away(const std::string& path);

} // namespace rebolt::guard
