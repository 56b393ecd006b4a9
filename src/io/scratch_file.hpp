// A file in memory, without a name: for what is made only to be looked at.
#pragma once

#include <memory>
#include <string>

#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

class ScratchFile {
public:
    /// An empty one. Errors: io, out_of_memory.
    static Result<ScratchFile> create();

    /// Opens it, as long as this object is there.
    [[nodiscard]] std::string open_path() const { return file_->descriptor_path(); }

private:
    explicit ScratchFile(std::shared_ptr<const File> file) noexcept : file_(std::move(file)) {}

    std::shared_ptr<const File> file_;
};

} // namespace rebolt::io
