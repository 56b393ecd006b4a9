// A file that appears under its name only when it is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/file_writer.hpp"

namespace rebolt::io {

/// Written beside its place under a temporary name, which is removed unless
/// put_in_place() succeeds. Move-only.
class NewFile {
public:
    /// Ends every temporary name.
    static constexpr std::string_view suffix = ".new";

    /// `mode` before the process's umask. Errors: as File::open_for_writing.
    static Result<NewFile> create(const std::string& path, std::uint32_t mode);

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile();

    /// The temporary name.
    [[nodiscard]] const std::string& temporary_path() const noexcept { return temporary_path_; }
    Result<void> append(Bytes bytes);
    /// Cuts the file off after `bytes`. Errors: io.
    Result<void> cut_to(std::uint64_t bytes) { return writer_.resize(bytes); }
    /// Syncs it, renames it over whatever has its name, and syncs the folder.
    /// Errors: io.
    Result<void> put_in_place();
    /// The same without syncing: after a crash the old file may be there, or an
    /// empty one. For what can be made again. Errors: io.
    Result<void> put_in_place_unsynced();

private:
    NewFile(const std::shared_ptr<const File>& file, std::string path);

    FileWriter writer_;
    std::string path_;
    std::string temporary_path_; ///< empty: nothing to remove
    std::uint64_t size_bytes_ = 0;
};

} // namespace rebolt::io
