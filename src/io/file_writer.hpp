// Writing to an open file, through SystemCalls.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/system_calls.hpp"

namespace rebolt::io {

class FileWriter {
public:
    explicit FileWriter(std::shared_ptr<const File> file)
        : file_(std::move(file)), calls_(SystemCalls::current()) {}

    /// Writes all of `bytes`; continues after short counts and EINTR. After an
    /// error any part may have been written. Errors: io.
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, Bytes bytes);
    /// Errors: io.
    [[nodiscard]] Result<void> resize(std::uint64_t bytes);
    /// fdatasync. After an error it is unknown what reached the disk, and the
    /// system may have dropped what did not. Errors: io.
    [[nodiscard]] Result<void> sync_data();
    /// fsync: the size too. Errors: io.
    [[nodiscard]] Result<void> sync_all();

private:
    std::shared_ptr<const File> file_;
    std::shared_ptr<SystemCalls> calls_;
};

/// Removes the file and syncs its folder. Errors: file_not_found, permission_denied, io.
[[nodiscard]] Result<void> remove_file(const std::string& path);

} // namespace rebolt::io
