// An open file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <rebolt/result.hpp>

namespace rebolt::io {

/// Owns a descriptor, closed with the object. Closing gives up its lock.
class File {
public:
    /// Opens for reading. Errors: file_not_found, permission_denied, io,
    /// invalid_argument for a folder or a device that is no regular file.
    static Result<std::shared_ptr<const File>> open_for_reading(const std::string& path);
    /// Takes over a descriptor. Errors: as above.
    static Result<std::shared_ptr<const File>> take(int descriptor, std::string path);
    /// The same; its path is the name that the file has now.
    static Result<std::shared_ptr<const File>> take(int descriptor);

    /// Opens for reading and writing; makes an empty file with `mode` if none is
    /// there. Errors: as above, and for all that is no regular file.
    static Result<std::shared_ptr<const File>> open_for_writing(const std::string& path,
                                                                std::uint32_t mode);

    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Opens this very file again, whatever its name leads to by now.
    [[nodiscard]] std::string descriptor_path() const;
    /// The descriptor was opened for writing.
    [[nodiscard]] bool is_writable() const noexcept;
    /// No device.
    [[nodiscard]] bool is_regular() const noexcept { return is_regular_; }
    /// The size now, in bytes. Errors: io.
    [[nodiscard]] Result<std::uint64_t> size_bytes() const;
    /// Where the file's last data ends, if only a hole follows: in a sparse file
    /// far before size_bytes(). Cost: O(holes).
    [[nodiscard]] Result<std::uint64_t> data_end_bytes() const;
    /// Reads up to `out.size()` bytes at `offset`; returns how many there
    /// were: fewer only at the file's end. Retries EINTR. Errors: io.
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;

private:
    static Result<std::shared_ptr<const File>> open(const std::string& path, int flags,
                                                    std::uint32_t mode);
    File(int descriptor, std::string path) noexcept
        : descriptor_(descriptor), path_(std::move(path)) {}

    int descriptor_;
    std::string path_;
    bool is_regular_ = false;
};

/// Syncs the folder that a file is in, so that its name stays. Errors: io.
[[nodiscard]] Result<void> sync_folder_of(const std::string& path);

/// An Error for a failed system call: `what` and the system's reason for
/// `error_number`, with the file named.
[[nodiscard]] Error system_error(int error_number, const std::string& what,
                                 const std::string& path);

} // namespace rebolt::io
