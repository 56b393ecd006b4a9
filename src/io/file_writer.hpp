// Writing to an open file, by system calls that tests may replace: a disk that
// is full, fails, forgets what was not synced, or is cut off at any write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <sys/types.h>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

/// What a writer asks of the system. Returns and errno are the system's.
class SystemCalls {
public:
    virtual ~SystemCalls() = default;
    virtual ssize_t pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset);
    virtual int ftruncate(int descriptor, off_t bytes);
    virtual int fdatasync(int descriptor);
    virtual int fsync(int descriptor);
    virtual int rename(const char* from, const char* to);
    virtual int unlink(const char* path);

    /// The system's own. Lives as long as the process.
    static const std::shared_ptr<SystemCalls>& real();
};

class FileWriter {
public:
    FileWriter(std::shared_ptr<const File> file, std::shared_ptr<SystemCalls> calls) noexcept
        : file_(std::move(file)), calls_(std::move(calls)) {}

    /// Writes all of `bytes`; goes on after short counts and EINTR. After an
    /// error any part of it may have been written. Errors: io.
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, Bytes bytes);
    /// Errors: io.
    [[nodiscard]] Result<void> resize(std::uint64_t bytes);
    /// fdatasync. After an error nobody can say what reached the disk, and the
    /// system may since have forgotten what did not. Errors: io.
    [[nodiscard]] Result<void> sync_data();
    /// fsync: the size too. Errors: io.
    [[nodiscard]] Result<void> sync_all();

private:
    std::shared_ptr<const File> file_;
    std::shared_ptr<SystemCalls> calls_;
};

/// As sync_folder_of(path), asking `calls`.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path, SystemCalls& calls);

/// Removes the file, and syncs the folder. Errors: file_not_found, io.
[[nodiscard]] Result<void> remove_file(const std::string& path, SystemCalls& calls);

} // namespace rebolt::io
