#include "guard/snapshots.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/try.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr std::uint32_t snapshot_mode = 0600; // Docker's files hold secrets' names

std::string checksum_of(Bytes bytes) {
    return fmt::format("{:016x}", XXH3_64bits(bytes.data(), bytes.size()));
}

bool is_sound(const Snapshot& snapshot) {
    ReadOptions unlocked;
    unlocked.lock = false;
    const auto source = PageSource::open(snapshot.path, unlocked);
    return source && source->file_bytes() == snapshot.bytes &&
           checksum_of(source->file()) == snapshot.checksum;
}

} // namespace

Result<std::string> take_snapshot(const PageSource& source, std::uint64_t transaction,
                                  const std::string& folder, std::size_t kept,
                                  GuardRecord& record) {
    if (kept == 0)
        return std::string();
    const io::FileStamp stamp = TRY(io::stamp_of(source.path()));
    std::error_code error;
    if (stamp == record.stamp && !record.snapshots.empty() &&
        std::filesystem::exists(record.snapshots.front().path, error))
        return std::string();
    std::filesystem::create_directories(folder, error);
    if (error)
        return io::system_error(error.value(), "cannot make the folder", folder);
    const std::string checksum = checksum_of(source.file());
    std::string path = fmt::format("{}/{}-{}.db", folder, transaction, checksum);
    auto file = TRY(io::NewFile::create(path, snapshot_mode));
    TRY(file.append(source.file()));
    TRY(file.put_in_place_unsynced());
    std::erase_if(record.snapshots, [&](const Snapshot& old) { return old.path == path; });
    record.snapshots.insert(record.snapshots.begin(),
                            {path, source.file_bytes(), checksum, transaction});
    for (; record.snapshots.size() > kept; record.snapshots.pop_back())
        std::filesystem::remove(record.snapshots.back().path, error);
    record.stamp = stamp;
    return path;
}

std::vector<std::string> sound_snapshots(const GuardRecord& record) {
    std::vector<std::string> paths;
    for (const Snapshot& snapshot : record.snapshots)
        if (is_sound(snapshot))
            paths.push_back(snapshot.path);
    return paths;
}

} // namespace rebolt::guard
