// A file that appears under its name only when it is whole: the one way in which
// rebolt makes and replaces files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/attributes.hpp"
#include "io/copy_data.hpp"
#include "io/file.hpp"
#include "io/file_writer.hpp"
#include "io/folder.hpp"
#include "io/unfinished.hpp"

namespace rebolt::io {

/// Written beside its place under a name that nobody can foresee, which is removed
/// unless put_in_place() succeeds. The descriptor is kept from the beginning to
/// the end: data, owner, permissions and syncs go through it. Move-only.
class NewFile {
public:
    /// Ends every temporary name.
    static constexpr std::string_view suffix = ".new";

    /// `mode` before the process's umask. Errors: those of place_of(), io.
    static Result<NewFile> create(const std::string& path, std::uint32_t mode);
    static Result<NewFile> create(Place place, std::uint32_t mode);

    NewFile(NewFile&& other) noexcept = default;
    NewFile& operator=(NewFile&&) = delete;
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() = default;

    /// Opens this very file again, whatever its name leads to by now.
    [[nodiscard]] std::string open_path() const { return file_->descriptor_path(); }
    [[nodiscard]] const File& file() const noexcept { return *file_; }
    Result<void> append(Bytes bytes);
    /// Makes it the same as `from`, with its holes: see copy_data(). Before append().
    Result<void> copy_content(const File& from, const std::function<bool()>& may_go_on) {
        return copy_data(from, *file_, writer_, may_go_on);
    }
    /// Cuts the file off after `bytes`. Errors: io.
    Result<void> cut_to(std::uint64_t bytes) { return writer_.resize(bytes); }
    /// Owner, permissions and extended attributes as `like` has them, from now on.
    /// Errors: io, permission_denied.
    Result<void> take_attributes(const File& like) { return copy_attributes(like, *file_); }
    /// Another name than that of create(), in the same folder.
    void set_name(std::string name) { place_.name = std::move(name); }
    /// Syncs it, renames it over whatever has its name, and syncs the folder.
    /// Errors: io.
    Result<void> put_in_place();
    /// The same without syncing: after a crash the old file may be there, or an
    /// empty one. For what can be made again. Errors: io.
    Result<void> put_in_place_unsynced();

private:
    NewFile(std::shared_ptr<const File> file, Place place, std::string temporary_name);

    std::shared_ptr<const File> file_;
    FileWriter writer_;
    Place place_;
    Unfinished temporary_; ///< removes the name that it has until it is in place
    std::uint64_t size_bytes_ = 0;
};

} // namespace rebolt::io
