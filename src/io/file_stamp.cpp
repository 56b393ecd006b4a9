#include "io/file_stamp.hpp"

namespace rebolt::io {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

} // namespace

FileStamp stamp_of(const struct stat& status) noexcept {
    return FileStamp{.inode = status.st_ino,
                     .bytes = static_cast<std::uint64_t>(status.st_size),
                     .modified_ns =
                         status.st_mtim.tv_sec * nanoseconds_a_second + status.st_mtim.tv_nsec};
}

} // namespace rebolt::io
