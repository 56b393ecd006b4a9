// FileMark: whether a database file is still the same file, in the same state,
// as before; without its lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <rebolt/result.hpp>

namespace rebolt::io {

/// The identity of the file under a path, and the bytes of both its metas, which
/// each commit changes. Equal marks: no commit between them. The reverse does
/// not hold, since nothing keeps a writer out while a mark is read.
struct FileMark {
    std::uint64_t device = 0;
    std::uint64_t inode = 0; ///< 0: there is no file
    std::array<std::byte, 80> first{};
    std::array<std::byte, 80> second{};
    bool operator==(const FileMark&) const = default;
};

/// The mark now. A missing file has one too. Errors: permission_denied, io.
/// Cost: five system calls.
[[nodiscard]] Result<FileMark> mark_of(const std::string& path);

} // namespace rebolt::io
