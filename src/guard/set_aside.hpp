// Setting a file aside beside its place, and putting another in its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/result.hpp>

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

/// Gives the file a second name, `PATH.WORD-<UTC time>`, by a hard link, or by a
/// copy where the file system has none; the same name again if it has one of the
/// kind already. Errors: io, permission_denied.
Result<std::string> set_aside(const std::string& path, std::string_view word);

/// All names of that kind, the newest first.
[[nodiscard]] std::vector<std::string> names_set_aside(const std::string& path,
                                                       std::string_view word);
/// Removes the oldest beyond `kept`.
void drop_oldest(const std::string& path, std::string_view word, std::size_t kept);

/// Gives `from` the owner, and then the name `path`, in place of what stands
/// there; synced. Errors: io, permission_denied.
Result<void> put_in_place(const std::string& from, const std::string& path,
                          const Ownership& ownership);

/// Takes the name `path` away, synced. Errors: io, permission_denied.
Result<void> take_away(const std::string& path);

} // namespace rebolt::guard
