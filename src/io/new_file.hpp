// A file that appears under its name only when it is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/file_writer.hpp"

namespace rebolt::io {

/// Written beside its place under a name of its own, which is removed again
/// unless put_in_place() comes to its end. Move-only.
class NewFile {
public:
    /// `mode` before the process's umask. Errors: as File::open_for_writing.
    static Result<NewFile> create(const std::string& path, std::uint32_t mode,
                                  const std::shared_ptr<SystemCalls>& calls = SystemCalls::real());

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile();

    /// Where it is being written.
    [[nodiscard]] const std::string& temporary_path() const noexcept { return temporary_path_; }
    Result<void> append(Bytes bytes);
    /// Cuts off what stands behind `bytes`. Errors: io.
    Result<void> cut_to(std::uint64_t bytes) { return writer_.resize(bytes); }
    /// Syncs it, gives it its name, in place of what stands there, and syncs
    /// the folder. Errors: io.
    Result<void> put_in_place();
    /// The same without syncing: after a crash the old file may be there, or an
    /// empty one. For what can be made anew. Errors: io.
    Result<void> put_in_place_unsynced();

private:
    NewFile(const std::shared_ptr<const File>& file, std::string path,
            const std::shared_ptr<SystemCalls>& calls);

    std::shared_ptr<SystemCalls> calls_;
    FileWriter writer_;
    std::string path_;
    std::string temporary_path_; ///< empty: nothing to remove
    std::uint64_t size_bytes_ = 0;
};

} // namespace rebolt::io
