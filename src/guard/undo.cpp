#include <memory>

#include <fmt/format.h>

#include <rebolt/guard.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "guard/guard_lock.hpp"
#include "guard/guard_record.hpp"
#include "guard/set_aside.hpp"
#include "io/file.hpp"
#include "io/lock.hpp"

namespace rebolt {
namespace guard {
namespace {

// The newest one that the record names and that is still there.
Result<AsideFile> newest_in(const GuardRecord& record, const io::Place& place) {
    std::vector<AsideFile> there = io::files_set_aside(place, io::damaged_word);
    for (const AsideFile& file : there)
        for (const AsideFile& ours : record.set_aside)
            if (ours.name == file.name && ours.inode == file.inode)
                return file;
    std::string hint;
    if (!there.empty())
        hint = fmt::format(
            "; {} is there, of which it has no record. If that is the file: mv {} {}",
            there.front().name, place.folder->path_of(there.front().name), place.path());
    return Error(ErrorCode::file_not_found,
                 "the guard set no file aside here: there is nothing to undo" + hint)
        .in_file(place.path());
}

void forget(GuardRecord& record, const AsideFile& file) {
    std::erase_if(record.set_aside, [&](const AsideFile& one) { return one.name == file.name; });
}

} // namespace
} // namespace guard

namespace {

Result<GuardUndone> undo(const std::string& path, const GuardOptions& options) {
    const io::Place place = TRY(io::place_of(path, io::LastLink::follow));
    const std::string file = place.path();
    const std::string folder = guard::folder_of(options.state_folder, file);
    const guard::GuardLock lock(folder, options.time_budget);
    guard::GuardRecord record = guard::read_record(folder);
    const guard::AsideFile aside = TRY(guard::newest_in(record, place));
    GuardUndone undone{.restored = file, .kept = {}, .line = {}};
    std::shared_ptr<const io::File> locked;
    if (const auto status = place.folder->status(place.name)) {
        locked = TRY(place.folder->open_for_writing(place.name));
        TRY(io::lock(*locked, io::LockMode::exclusive, std::chrono::milliseconds{0}));
        const auto kept = TRY(io::set_aside(place, io::replaced_word, io::stamp_of(*status)));
        guard::forget(record, kept);
        record.set_aside.push_back(kept);
        undone.kept = place.folder->path_of(kept.name);
    }
    TRY(place.folder->take(*place.folder, aside.name, place.name));
    TRY(place.folder->sync());
    guard::forget(record, aside);
    guard::drop_oldest(place, io::replaced_word, options.quarantines_kept, record);
    undone.line =
        undone.kept.empty()
            ? fmt::format("{} is as it was before the guard", file)
            : fmt::format("{} is as it was before the guard; the file that was there is now {}",
                          file, undone.kept);
    undone.line += fmt::format(". The guard leaves it alone until it changes; to recover it again: "
                               "rebolt guard --again {}",
                               file);
    if (const auto status = place.folder->status(place.name))
        record.undone = io::stamp_of(*status);
    record.file = file;
    record.last_time = guard::utc_time();
    record.last_outcome = "undone";
    record.last_line = undone.line;
    if (const auto kept = guard::write_record(folder, record); !kept)
        undone.line += fmt::format("; no record of it: {}", kept.error().to_text());
    return undone;
}

} // namespace

Result<GuardUndone> undo_guard(const std::string& path, const GuardOptions& options) {
    return with_memory([&] { return undo(path, options); });
}

} // namespace rebolt
