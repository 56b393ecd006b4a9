// What the harnesses share: the input as a file, names for new files, and how a broken
// promise is told.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include <rebolt/bytes.hpp>

#include "harness.hpp"

namespace rebolt::fuzz {

/// Stops the fuzzer: a promise was broken.
inline void require(bool holds) {
    if (!holds)
        __builtin_trap();
}

inline std::string_view text_of(Input input) {
    return as_text(std::as_bytes(input));
}

/// The input as a file in memory.
class MemoryFile {
public:
    explicit MemoryFile(Input input)
        : descriptor_(::memfd_create("rebolt-fuzz", MFD_CLOEXEC)),
          path_("/proc/self/fd/" + std::to_string(descriptor_)) {
        require(::write(descriptor_, input.data(), input.size()) ==
                static_cast<ssize_t>(input.size()));
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(descriptor_); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    int descriptor_;
    std::string path_;
};

/// A name for a new file or folder, in memory where the system has such a folder.
class NewName {
public:
    NewName()
        : path_((::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") +
                ("/rebolt-fuzz-" + std::to_string(::getpid()))) {}
    NewName(const NewName&) = delete;
    NewName& operator=(const NewName&) = delete;
    ~NewName() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

} // namespace rebolt::fuzz
