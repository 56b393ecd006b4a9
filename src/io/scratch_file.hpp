// A file without a name: for what is made only to be looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

class ScratchFile {
public:
    /// An empty one; `path`: what messages call it. It is in memory; if it is to have
    /// more than 256 MiB, in $TMPDIR or /var/tmp, where that can be. Errors: io,
    /// out_of_memory.
    static Result<ScratchFile> create(std::string path = "(in memory)", std::uint64_t bytes = 0);

    /// Opens it, as long as this object is there.
    [[nodiscard]] std::string open_path() const { return file_->descriptor_path(); }
    /// Open for reading and writing.
    [[nodiscard]] const std::shared_ptr<const File>& file() const noexcept { return file_; }

private:
    explicit ScratchFile(std::shared_ptr<const File> file) noexcept : file_(std::move(file)) {}

    std::shared_ptr<const File> file_;
};

} // namespace rebolt::io
