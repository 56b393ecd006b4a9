#include "memory_file.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

constexpr std::size_t block_bytes = 1024;

void require(bool is_so) {
    if (is_so)
        return;
    std::perror("a file in memory");
    std::abort();
}

} // namespace

MemoryFile::MemoryFile(const std::string& content)
    : descriptor_(::memfd_create("rebolt-test", MFD_CLOEXEC)),
      path_(fmt::format("/proc/self/fd/{}", descriptor_)) {
    require(descriptor_ >= 0);
    show(content);
}

MemoryFile::~MemoryFile() {
    ::close(descriptor_);
}

std::string MemoryFile::content() const {
    struct stat status{};
    require(::fstat(descriptor_, &status) == 0);
    std::string content(static_cast<std::size_t>(status.st_size), '\0');
    require(::pread(descriptor_, content.data(), content.size(), 0) == status.st_size);
    return content;
}

void MemoryFile::show(const std::string& content) {
    if (!is_known_)
        shown_.clear();
    if (!is_known_ || shown_.size() != content.size())
        require(::ftruncate(descriptor_, static_cast<off_t>(content.size())) == 0);
    const std::size_t known_bytes = std::min(shown_.size(), content.size());
    shown_.resize(content.size());
    for (std::size_t at = 0; at < content.size(); at += block_bytes) {
        const std::size_t size = std::min(block_bytes, content.size() - at);
        if (at + size <= known_bytes && std::memcmp(&content[at], &shown_[at], size) == 0)
            continue;
        require(::pwrite(descriptor_, &content[at], size, static_cast<off_t>(at)) ==
                static_cast<ssize_t>(size));
        std::memcpy(&shown_[at], &content[at], size);
    }
    is_known_ = true;
}

} // namespace rebolt::test
