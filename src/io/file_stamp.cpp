#include "io/file_stamp.hpp"

#include <cerrno>

#include <sys/stat.h>

#include "io/file.hpp"

namespace rebolt::io {

Result<FileStamp> stamp_of(const std::string& path) {
    constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return system_error(errno, "cannot look at the file", path);
    return FileStamp{.inode = status.st_ino,
                     .bytes = static_cast<std::uint64_t>(status.st_size),
                     .modified_ns =
                         status.st_mtim.tv_sec * nanoseconds_a_second + status.st_mtim.tv_nsec};
}

} // namespace rebolt::io
