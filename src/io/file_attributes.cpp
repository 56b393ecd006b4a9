#include <rebolt/file_attributes.hpp>

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/try.hpp"
#include "io/file.hpp"

namespace rebolt {
namespace {

constexpr mode_t permission_bits = 07777;
constexpr mode_t bits_of_the_user = 0700;

void copy_extended_attributes(const std::string& from, const std::string& to) {
    constexpr std::size_t longest = 65536;
    std::string names(longest, '\0');
    const ssize_t size = ::listxattr(from.c_str(), names.data(), names.size());
    names.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    for (std::size_t at = 0; at < names.size(); at += std::strlen(&names[at]) + 1) {
        std::string value(longest, '\0');
        const ssize_t length = ::getxattr(from.c_str(), &names[at], value.data(), value.size());
        if (length >= 0)
            (void)::setxattr(to.c_str(), &names[at], value.data(), static_cast<std::size_t>(length),
                             0);
    }
}

} // namespace

Result<void> copy_file_attributes(const std::string& from, const std::string& to) {
    struct stat source{};
    struct stat made{};
    if (::stat(from.c_str(), &source) != 0)
        return io::system_error(errno, "cannot look at the file", from);
    if (::stat(to.c_str(), &made) != 0)
        return io::system_error(errno, "cannot look at the file", to);
    const bool is_owned = (made.st_uid == source.st_uid && made.st_gid == source.st_gid) ||
                          ::chown(to.c_str(), source.st_uid, source.st_gid) == 0;
    const mode_t mode = source.st_mode & (is_owned ? permission_bits : bits_of_the_user);
    if (::chmod(to.c_str(), mode) != 0)
        return io::system_error(errno, "cannot set the file's mode", to);
    copy_extended_attributes(from, to);
    return {};
}

} // namespace rebolt
