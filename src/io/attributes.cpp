#include "io/attributes.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace rebolt::io {
namespace {

constexpr mode_t permission_bits = 07777;
constexpr mode_t bits_of_the_user = 0700;

void copy_extended_attributes(int from, int to) {
    constexpr std::size_t longest = 65536;
    std::string names(longest, '\0');
    const ssize_t size = ::flistxattr(from, names.data(), names.size());
    names.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    for (std::size_t at = 0; at < names.size(); at += std::strlen(&names[at]) + 1) {
        std::string value(longest, '\0');
        const ssize_t length = ::fgetxattr(from, &names[at], value.data(), value.size());
        if (length >= 0)
            (void)::fsetxattr(to, &names[at], value.data(), static_cast<std::size_t>(length), 0);
    }
}

} // namespace

Result<void> copy_attributes(const File& from, const File& to) {
    struct stat source{};
    struct stat made{};
    if (::fstat(from.descriptor(), &source) != 0)
        return system_error(errno, "cannot look at the file", from.path());
    if (::fstat(to.descriptor(), &made) != 0)
        return system_error(errno, "cannot look at the file", to.path());
    const bool is_owned = (made.st_uid == source.st_uid && made.st_gid == source.st_gid) ||
                          ::fchown(to.descriptor(), source.st_uid, source.st_gid) == 0;
    const mode_t mode = source.st_mode & (is_owned ? permission_bits : bits_of_the_user);
    if (::fchmod(to.descriptor(), mode) != 0)
        return system_error(errno, "cannot set the file's mode", to.path());
    copy_extended_attributes(from.descriptor(), to.descriptor());
    return {};
}

} // namespace rebolt::io
