// Paths of open files, `/proc/self/fd/N`, and of names in open folders,
// `/proc/self/fd/N/NAME`: what is opened by one is what was opened before, whatever
// its name leads to by now. They hold without /proc too, as after a chroot, for all
// that opens a file through here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rebolt::io {

[[nodiscard]] std::string descriptor_path(int descriptor);

struct DescriptorPath {
    int descriptor;
    std::string name; ///< below it; empty: the path names the descriptor's own file
};

/// nullopt: not such a path.
[[nodiscard]] std::optional<DescriptorPath> parse_descriptor_path(const std::string& path);

/// open(2), whose result and errno it has. Without /proc the descriptor of a file's
/// own path is duplicated: locks are then one with the first descriptor's, and
/// `flags` are as they were.
[[nodiscard]] int open_path(const std::string& path, int flags, std::uint32_t mode);

} // namespace rebolt::io
