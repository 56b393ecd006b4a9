// FileStamp: tells a file that was looked at from one that has since been changed
// or put in its place.
#pragma once

#include <cstdint>

#include <sys/stat.h>

namespace rebolt::io {

/// Equal stamps: the same file, with nothing written between them. A rename and a
/// new link keep it.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const FileStamp&) const = default;
};

[[nodiscard]] FileStamp stamp_of(const struct stat& status) noexcept;

} // namespace rebolt::io
