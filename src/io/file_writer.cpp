#include "io/file_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/descriptor_path.hpp"
#include "io/folder.hpp"

namespace rebolt::io {
namespace {

// The most that Linux writes at once.
constexpr std::size_t write_bytes_max = 0x7fff'f000;

// Repeats the call while it is interrupted.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

} // namespace

Result<void> FileWriter::write_at(std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t count = uninterrupted([&] {
            return calls_->pwrite(file_->descriptor(), bytes.data(),
                                  std::min(bytes.size(), write_bytes_max),
                                  static_cast<off_t>(offset));
        });
        if (count <= 0)
            return system_error(
                count < 0 ? errno : ENOSPC,
                fmt::format("cannot write {} bytes at offset {}", bytes.size(), offset),
                file_->path());
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<void> FileWriter::resize(std::uint64_t bytes) {
    if (uninterrupted(
            [&] { return calls_->ftruncate(file_->descriptor(), static_cast<off_t>(bytes)); }) != 0)
        return system_error(errno, fmt::format("cannot grow to {} bytes", bytes), file_->path());
    return {};
}

Result<void> FileWriter::sync_data() {
    if (uninterrupted([&] { return calls_->fdatasync(file_->descriptor()); }) != 0)
        return system_error(errno, "cannot sync", file_->path());
    return {};
}

Result<void> FileWriter::sync_all() {
    if (uninterrupted([&] { return calls_->fsync(file_->descriptor()); }) != 0)
        return system_error(errno, "cannot sync", file_->path());
    return {};
}

Result<void> sync_folder_of(const std::string& path) {
    if (const auto own = parse_descriptor_path(path); own && own->name.empty())
        return {}; // whoever opened it knows its folder
    const std::string parent = std::filesystem::path(path).parent_path().string();
    const std::string folder = parent.empty() ? "." : parent;
    const int descriptor = open_path(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (descriptor < 0)
        return system_error(errno, "cannot open the folder", folder);
    return Folder(descriptor, folder).sync();
}

Result<void> remove_file(const std::string& path) {
    const Place place = TRY(place_of(path, LastLink::keep));
    TRY(place.folder->remove(place.name));
    return place.folder->sync();
}

} // namespace rebolt::io
