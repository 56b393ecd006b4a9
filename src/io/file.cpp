#include "io/file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/descriptor_path.hpp"

namespace rebolt::io {
namespace {

ErrorCode code_of(int error_number) {
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return ErrorCode::file_not_found;
    case EACCES:
    case EPERM:
        return ErrorCode::permission_denied;
    case ENOMEM:
        return ErrorCode::out_of_memory;
    default:
        return ErrorCode::io;
    }
}

// The name for messages of a file that is opened by another descriptor.
std::string shown(const std::string& path) {
    const auto parsed = parse_descriptor_path(path);
    if (!parsed)
        return path;
    std::error_code failed;
    const std::string own = descriptor_path(parsed->descriptor);
    const auto name = std::filesystem::read_symlink(own, failed);
    const bool has_name = !failed && !name.string().ends_with(" (deleted)");
    return has_name ? name.string() + path.substr(own.size()) : path;
}

} // namespace

Error system_error(int error_number, const std::string& what, const std::string& path) {
    return Error(code_of(error_number),
                 fmt::format("{}: {}", what, std::generic_category().message(error_number)))
        .in_file(path);
}

Result<std::shared_ptr<const File>> File::open_for_reading(const std::string& path) {
    return open(path, O_RDONLY, 0);
}

Result<std::shared_ptr<const File>> File::open_for_writing(const std::string& path,
                                                           std::uint32_t mode) {
    auto file = TRY(open(path, O_RDWR | O_CREAT, mode));
    if (!file->is_regular())
        return Error(ErrorCode::invalid_argument, "not a regular file").in_file(path);
    return file;
}

Result<std::shared_ptr<const File>> File::open(const std::string& path, int flags,
                                               std::uint32_t mode) {
    // O_NONBLOCK: a FIFO must not make us wait; it is refused just below.
    const int descriptor = open_path(path, flags | O_CLOEXEC | O_NONBLOCK, mode);
    if (descriptor < 0)
        return system_error(errno, "cannot open", path);
    return take(descriptor, shown(path));
}

Result<std::shared_ptr<const File>> File::take(int descriptor, std::string path) {
    std::shared_ptr<File> file(new File(descriptor, std::move(path)));
    struct stat status{};
    if (::fstat(descriptor, &status) != 0)
        return system_error(errno, "cannot look at", file->path());
    file->is_regular_ = S_ISREG(status.st_mode);
    if (!file->is_regular_ && !S_ISBLK(status.st_mode))
        return Error(ErrorCode::invalid_argument, "not a regular file").in_file(file->path());
    return std::shared_ptr<const File>(std::move(file));
}

Result<std::shared_ptr<const File>> File::take(int descriptor) {
    return take(descriptor, shown(io::descriptor_path(descriptor)));
}

bool File::is_writable() const noexcept {
    const int flags = ::fcntl(descriptor_, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) == O_RDWR;
}

std::string File::descriptor_path() const {
    return io::descriptor_path(descriptor_);
}

File::~File() {
    ::close(descriptor_);
}

Result<std::uint64_t> File::size_bytes() const {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0)
        return system_error(errno, "cannot look at", path_);
    if (S_ISREG(status.st_mode))
        return static_cast<std::uint64_t>(status.st_size);
    const off_t end = ::lseek(descriptor_, 0, SEEK_END);
    if (end < 0)
        return system_error(errno, "cannot find the size", path_);
    return static_cast<std::uint64_t>(end);
}

Result<std::uint64_t> File::data_end_bytes() const {
    constexpr std::uint64_t holes_max = 1'000'000; // more: all of it counts as data
    const std::uint64_t size = TRY(size_bytes());
    std::uint64_t end = 0;
    for (std::uint64_t holes = 0; holes < holes_max; ++holes) {
        const off_t data = ::lseek(descriptor_, static_cast<off_t>(end), SEEK_DATA);
        if (data < 0)
            return errno == ENXIO ? end : size; // ENXIO: no data follows
        const off_t hole = ::lseek(descriptor_, data, SEEK_HOLE);
        if (hole <= data)
            return size;
        end = static_cast<std::uint64_t>(hole);
    }
    return size;
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::byte> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t count = ::pread(descriptor_, out.data() + done, out.size() - done,
                                      static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return system_error(errno, fmt::format("cannot read at offset {}", offset + done),
                                path_);
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

} // namespace rebolt::io
