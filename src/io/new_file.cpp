#include "io/new_file.hpp"

#include <cerrno>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::io {

NewFile::NewFile(const std::shared_ptr<const File>& file, std::string path)
    : writer_(file), path_(std::move(path)), temporary_path_(file->path()) {}

NewFile::NewFile(NewFile&& other) noexcept
    : writer_(std::move(other.writer_)), path_(std::move(other.path_)),
      temporary_path_(std::exchange(other.temporary_path_, {})), size_bytes_(other.size_bytes_) {}

NewFile::~NewFile() {
    if (!temporary_path_.empty())
        ::unlink(temporary_path_.c_str());
}

Result<NewFile> NewFile::create(const std::string& path, std::uint32_t mode) {
    const std::string temporary = fmt::format("{}.{}{}", path, ::getpid(), suffix);
    NewFile file(TRY(File::open_for_writing(temporary, mode)), path);
    TRY(file.writer_.resize(0)); // left behind by an earlier process with this id
    return file;
}

Result<void> NewFile::append(Bytes bytes) {
    TRY(writer_.write_at(size_bytes_, bytes));
    size_bytes_ += bytes.size();
    return {};
}

Result<void> NewFile::put_in_place() {
    TRY(writer_.sync_all());
    TRY(put_in_place_unsynced());
    return sync_folder_of(path_);
}

Result<void> NewFile::put_in_place_unsynced() {
    if (SystemCalls::current()->rename(temporary_path_.c_str(), path_.c_str()) != 0)
        return system_error(errno, "cannot give the new file its name", path_);
    temporary_path_.clear();
    return {};
}

} // namespace rebolt::io
