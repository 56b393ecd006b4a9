// A file in the system's folder for temporary files, gone with the object.
#pragma once

#include <string>
#include <utility>

#include <rebolt/result.hpp>

namespace rebolt::io {

/// Readable for its owner alone. Move-only.
class TemporaryFile {
public:
    /// An empty file. Errors: io.
    static Result<TemporaryFile> create();

    TemporaryFile(TemporaryFile&& other) noexcept;
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    explicit TemporaryFile(std::string path) noexcept : path_(std::move(path)) {}

    std::string path_; ///< empty: moved from
};

} // namespace rebolt::io
