#include "io/new_file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::io {
namespace {

constexpr std::size_t name_bytes_max = 255; // NAME_MAX of Linux's file systems

// `NAME.<digits>.new`; a long name is cut off, so that this one fits.
std::string temporary_name_of(const std::string& name) {
    const std::string end = fmt::format(".{}{}", random_digits(), NewFile::suffix);
    return name.substr(0, name_bytes_max - end.size()) + end;
}

} // namespace

NewFile::NewFile(std::shared_ptr<const File> file, Place place, std::string temporary_name)
    : file_(std::move(file)), writer_(file_), place_(std::move(place)),
      temporary_(place_.folder, std::move(temporary_name)) {}

Result<NewFile> NewFile::create(const std::string& path, std::uint32_t mode) {
    return create(TRY(place_of(path, LastLink::keep)), mode);
}

Result<NewFile> NewFile::create(Place place, std::uint32_t mode) {
    std::string temporary = temporary_name_of(place.name);
    const std::string path = place.folder->path_of(temporary);
    const int descriptor =
        ::openat(place.folder->descriptor(), temporary.c_str(),
                 O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, static_cast<mode_t>(mode));
    if (descriptor < 0)
        return system_error(errno, "cannot create a file", path);
    auto file = File::take(descriptor, path);
    if (!file) {
        ::unlinkat(place.folder->descriptor(), temporary.c_str(), 0);
        return std::move(file).error();
    }
    return NewFile(*std::move(file), std::move(place), std::move(temporary));
}

Result<void> NewFile::append(Bytes bytes) {
    TRY(writer_.write_at(size_bytes_, bytes));
    size_bytes_ += bytes.size();
    return {};
}

Result<void> NewFile::put_in_place() {
    TRY(writer_.sync_all());
    TRY(put_in_place_unsynced());
    return place_.folder->sync();
}

Result<void> NewFile::put_in_place_unsynced() {
    TRY(place_.folder->take(*place_.folder, temporary_.name(), place_.name));
    temporary_.forget();
    return {};
}

} // namespace rebolt::io
