#include "io/folder.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

#include "base/try.hpp"
#include "io/descriptor_path.hpp"
#include "io/system_calls.hpp"

namespace rebolt::io {

Folder::Folder(int descriptor, std::string path) noexcept
    : descriptor_(descriptor), path_(std::move(path)) {}

Folder::~Folder() {
    ::close(descriptor_);
}

Result<std::shared_ptr<const Folder>> Folder::make_private(const std::string& prefix,
                                                           std::string& name) const {
    constexpr mode_t owner_alone = 0700;
    name = prefix + random_digits();
    if (::mkdirat(descriptor_, name.c_str(), owner_alone) != 0)
        return system_error(errno, "cannot make a folder", path_of(name));
    const int made =
        ::openat(descriptor_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (made < 0)
        return system_error(errno, "cannot open the folder", path_of(name));
    auto folder = std::make_shared<const Folder>(made, path_of(name));
    struct stat status{};
    if (::fstat(made, &status) != 0)
        return system_error(errno, "cannot look at the folder", path_of(name));
    if (status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
        return Error(ErrorCode::permission_denied, "another user has put a folder of his here")
            .in_file(path_of(name));
    return folder;
}

std::string Folder::descriptor_path_of(const std::string& name) const {
    return fmt::format("{}/{}", descriptor_path(descriptor_), name);
}

Result<struct stat> Folder::status(const std::string& name) const {
    struct stat status{};
    if (::fstatat(descriptor_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return system_error(errno, "cannot look at the file", path_of(name));
    return status;
}

Result<std::shared_ptr<const File>> Folder::open(const std::string& name) const {
    return open(name, O_RDONLY);
}

Result<std::shared_ptr<const File>> Folder::open_for_writing(const std::string& name) const {
    return open(name, O_RDWR);
}

Result<std::shared_ptr<const File>> Folder::open(const std::string& name, int flags) const {
    // O_NONBLOCK: a FIFO must not make us wait; it is refused just below.
    int descriptor = -1;
    do
        descriptor = ::openat(descriptor_, name.c_str(),
                              flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0 && errno == ELOOP)
        return Error(ErrorCode::invalid_argument, "not a regular file").in_file(path_of(name));
    if (descriptor < 0)
        return system_error(errno, "cannot open", path_of(name));
    auto file = TRY(File::take(descriptor, path_of(name)));
    if (!file->is_regular())
        return Error(ErrorCode::invalid_argument, "not a regular file").in_file(path_of(name));
    return file;
}

Result<void> Folder::link(const std::string& from, const std::string& to) const {
    if (SystemCalls::current()->linkat(descriptor_, from.c_str(), to.c_str()) == 0)
        return {};
    if (errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK)
        return Error(ErrorCode::not_supported, "the file cannot have a second name")
            .in_file(path_of(from));
    return system_error(errno, "cannot give the file a second name", path_of(from));
}

Result<void> Folder::take(const Folder& from, const std::string& old_name,
                          const std::string& name) const {
    if (SystemCalls::current()->renameat(from.descriptor_, old_name.c_str(), descriptor_,
                                         name.c_str()) != 0)
        return system_error(errno, "cannot give the new file its name", path_of(name));
    return {};
}

Result<void> Folder::remove(const std::string& name) const {
    if (SystemCalls::current()->unlinkat(descriptor_, name.c_str()) != 0)
        return system_error(errno, "cannot remove", path_of(name));
    return {};
}

Result<void> Folder::remove_folder(const std::string& name) const {
    if (::unlinkat(descriptor_, name.c_str(), AT_REMOVEDIR) != 0)
        return system_error(errno, "cannot remove", path_of(name));
    return {};
}

Result<void> Folder::sync() const {
    // Some file systems cannot sync folders, and need not.
    if (SystemCalls::current()->fsync(descriptor_) != 0 && errno != EINVAL)
        return system_error(errno, "cannot sync the folder", path_);
    return {};
}

Result<std::vector<std::string>> Folder::names() const {
    const int own = ::openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0)
        return system_error(errno, "cannot read the folder", path_);
    const auto close = [](DIR* entries) { ::closedir(entries); };
    const std::unique_ptr<DIR, decltype(close)> entries(::fdopendir(own), close);
    if (!entries) {
        const int error_number = errno;
        ::close(own);
        return system_error(error_number, "cannot read the folder", path_);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(entries.get()))
        if (const std::string name = entry->d_name; name != "." && name != "..")
            names.push_back(name);
    if (errno != 0)
        return system_error(errno, "cannot read the folder", path_);
    return names;
}

namespace {

// For kernels before 3.17. Without /dev, what the kernel gave this program at its
// start, which no other knows, mixed with a count; the hash does not give it away.
std::uint64_t random_without_getrandom() {
    static std::atomic<std::uint64_t> count = 0;
    std::array<std::uint64_t, 3> seed{};
    std::memcpy(seed.data(), std::bit_cast<const void*>(::getauxval(AT_RANDOM)),
                2 * sizeof seed.front());
    seed[2] = ++count;
    if (const int device = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC); device >= 0) {
        static_cast<void>(::read(device, seed.data(), sizeof seed) == sizeof seed);
        ::close(device);
    }
    return std::hash<std::string_view>{}(as_text(std::as_bytes(std::span(seed))));
}

} // namespace

std::string random_digits() {
    std::uint64_t number = 0;
    ssize_t size = -1;
    do
        size = ::getrandom(&number, sizeof number, 0);
    while (size < 0 && errno == EINTR);
    return fmt::format("{:016x}", size == sizeof number ? number : random_without_getrandom());
}

} // namespace rebolt::io
