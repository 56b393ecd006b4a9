#include "io/file_mark.hpp"

#include <bit>
#include <cerrno>
#include <utility>

#include <sys/stat.h>

#include <rebolt/bytes.hpp>

#include "base/try.hpp"
#include "io/file.hpp"

namespace rebolt::io {
namespace {

constexpr std::size_t page_size_at = 24; // after page header, magic and version
constexpr std::uint32_t page_size_min = 512;
constexpr std::uint32_t page_size_max = 65536;
constexpr std::uint32_t page_size_usual = 4096;

} // namespace

Result<FileMark> mark_of(const std::string& path) {
    auto opened = File::open_for_reading(path);
    if (!opened && opened.error().code() == ErrorCode::file_not_found)
        return FileMark{};
    const auto file = TRY(std::move(opened));
    struct stat status{};
    if (::fstat(file->descriptor(), &status) != 0)
        return system_error(errno, "cannot look at", path);
    FileMark mark;
    mark.device = status.st_dev;
    mark.inode = status.st_ino;
    TRY(file->read_at(0, mark.first));
    auto page_size = load<std::uint32_t>(mark.first.data() + page_size_at);
    if (!std::has_single_bit(page_size) || page_size < page_size_min || page_size > page_size_max)
        page_size = page_size_usual;
    TRY(file->read_at(page_size, mark.second));
    return mark;
}

} // namespace rebolt::io
