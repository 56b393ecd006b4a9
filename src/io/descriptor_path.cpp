#include "io/descriptor_path.hpp"

#include <cerrno>
#include <charconv>
#include <string_view>

#include <fcntl.h>

#include <fmt/format.h>

namespace rebolt::io {
namespace {

constexpr std::string_view descriptor_paths = "/proc/self/fd/";

int open_without_proc(const DescriptorPath& path, int flags, std::uint32_t mode) {
    return path.name.empty() ? ::fcntl(path.descriptor, F_DUPFD_CLOEXEC, 0)
                             : ::openat(path.descriptor, path.name.c_str(), flags, mode);
}

} // namespace

std::string descriptor_path(int descriptor) {
    return fmt::format("{}{}", descriptor_paths, descriptor);
}

std::optional<DescriptorPath> parse_descriptor_path(const std::string& path) {
    if (!path.starts_with(descriptor_paths))
        return std::nullopt;
    DescriptorPath parsed{.descriptor = -1, .name = {}};
    const char* const end = path.data() + path.size();
    const auto [rest, error] =
        std::from_chars(path.data() + descriptor_paths.size(), end, parsed.descriptor);
    if (error != std::errc{} || parsed.descriptor < 0 || (rest != end && *rest != '/'))
        return std::nullopt;
    if (rest != end)
        parsed.name.assign(rest + 1, end);
    return parsed;
}

int open_path(const std::string& path, int flags, std::uint32_t mode) {
    int descriptor = -1;
    do
        descriptor = ::open(path.c_str(), flags, mode);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor >= 0 || errno != ENOENT)
        return descriptor;
    const auto parsed = parse_descriptor_path(path);
    if (!parsed) {
        errno = ENOENT;
        return -1;
    }
    return open_without_proc(*parsed, flags, mode);
}

} // namespace rebolt::io
