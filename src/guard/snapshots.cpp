#include "guard/snapshots.hpp"

#include <cerrno>
#include <filesystem>
#include <memory>

#include <sys/statvfs.h>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/try.hpp"
#include "io/copy_data.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr std::uint32_t snapshot_mode = 0600; // Docker's files hold secrets' names
constexpr std::uint64_t block_bytes = 512;    // of st_blocks

// Of the whole content, holes as zeros. Errors: cancelled, io.
Result<std::string> checksum_of(const io::File& file, const std::function<bool()>& may_go_on) {
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                         &XXH3_freeState);
    if (!state)
        return Error(ErrorCode::out_of_memory, "out of memory");
    XXH3_64bits_reset(state.get());
    TRY(io::read_all(
        file, [&](Bytes bytes) { XXH3_64bits_update(state.get(), bytes.data(), bytes.size()); },
        may_go_on));
    return fmt::format("{:016x}", XXH3_64bits_digest(state.get()));
}

bool is_sound(const Snapshot& snapshot, const std::function<bool()>& may_go_on) {
    const auto file = io::File::open_for_reading(snapshot.path);
    if (!file)
        return false;
    const auto bytes = (*file)->size_bytes();
    if (!bytes || *bytes != snapshot.bytes)
        return false;
    const auto checksum = checksum_of(**file, may_go_on);
    return checksum && *checksum == snapshot.checksum;
}

Result<std::uint64_t> data_bytes_of(const io::File& file) {
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0)
        return io::system_error(errno, "cannot look at the file", file.path());
    return static_cast<std::uint64_t>(status.st_blocks) * block_bytes;
}

Result<void> require_room(const io::File& file, std::uint64_t bytes, double share) {
    struct statvfs system{};
    if (::fstatvfs(file.descriptor(), &system) != 0)
        return {}; // it will show
    const std::uint64_t free_bytes = system.f_bavail * system.f_frsize;
    if (static_cast<double>(free_bytes) * share >= static_cast<double>(bytes))
        return {};
    return io::system_error(ENOSPC,
                            fmt::format("{} bytes are needed, {} are free, and "
                                        "snapshot_free_share is {}",
                                        bytes, free_bytes, share),
                            file.path());
}

Result<void> require_same(const io::File& file, const FileStamp& stamp) {
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0)
        return io::system_error(errno, "cannot look at the file", file.path());
    if (io::stamp_of(status) != stamp)
        return Error(ErrorCode::invalid_argument, "another program changed it meanwhile");
    return {};
}

Result<void> copy(const io::File& file, io::NewFile& copy, const SnapshotRequest& request) {
    const std::uint64_t bytes = TRY(data_bytes_of(file));
    if (io::share_blocks(file, copy.file()))
        return require_same(file, request.stamp);
    if (bytes > request.bytes_max)
        return Error(ErrorCode::invalid_argument,
                     fmt::format("it has {} bytes, and snapshot_megabytes_max is {}", bytes,
                                 request.bytes_max >> 20U));
    TRY(require_room(copy.file(), bytes, request.free_share));
    TRY(copy.copy_content(file, request.may_go_on));
    return require_same(file, request.stamp);
}

} // namespace

bool is_of_newest_snapshot(const GuardRecord& record, const FileStamp& stamp) {
    std::error_code error;
    return stamp == record.stamp && !record.snapshots.empty() &&
           std::filesystem::exists(record.snapshots.front().path, error);
}

Result<std::string> take_snapshot(const io::File& file, const SnapshotRequest& request,
                                  GuardRecord& record) {
    if (request.kept == 0)
        return std::string();
    if (is_of_newest_snapshot(record, request.stamp))
        return std::string();
    std::error_code error;
    std::filesystem::create_directories(request.folder, error);
    if (error)
        return io::system_error(error.value(), "cannot make the folder", request.folder);
    io::Place place = TRY(io::place_of(request.folder + "/snapshot", io::LastLink::keep));
    auto made = TRY(io::NewFile::create(place, snapshot_mode));
    TRY(copy(file, made, request));
    const std::string checksum = TRY(checksum_of(made.file(), request.may_go_on));
    const std::string name = fmt::format("{}-{}.db", request.transaction, checksum);
    made.set_name(name);
    TRY(made.put_in_place_unsynced());
    const std::string path = request.folder + "/" + name;
    std::erase_if(record.snapshots, [&](const Snapshot& old) { return old.path == path; });
    record.snapshots.insert(record.snapshots.begin(),
                            {path, request.stamp.bytes, checksum, request.transaction});
    for (; record.snapshots.size() > request.kept; record.snapshots.pop_back())
        std::filesystem::remove(record.snapshots.back().path, error);
    record.stamp = request.stamp;
    return path;
}

std::vector<std::string> sound_snapshots(const GuardRecord& record,
                                         const std::function<bool()>& may_go_on) {
    std::vector<std::string> paths;
    for (const Snapshot& snapshot : record.snapshots)
        if (is_sound(snapshot, may_go_on))
            paths.push_back(snapshot.path);
    return paths;
}

} // namespace rebolt::guard
