#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include <rebolt/guard.hpp>

#include "base/try.hpp"
#include "guard/file_run.hpp"
#include "guard/guard_lock.hpp"
#include "guard/guard_record.hpp"
#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/set_aside.hpp"

namespace rebolt {

Result<GuardUndone> undo_guard(const std::string& path, const GuardOptions& options) {
    const std::string file = guard::real_path(path);
    const auto names = io::names_set_aside(file, io::damaged_word);
    if (names.empty())
        return Error(ErrorCode::file_not_found, "the guard set no file aside here: there is "
                                                "nothing to undo")
            .in_file(file);
    const std::string folder = guard::folder_of(options.state_folder, file);
    const guard::GuardLock lock(folder, options.time_budget);
    GuardUndone undone{.restored = file, .kept = {}, .line = {}};
    std::shared_ptr<const io::File> locked;
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        const io::FileStamp stamp = TRY(io::stamp_of(file));
        locked = TRY(io::File::open_for_writing(file, 0));
        TRY(io::lock(*locked, io::LockMode::exclusive, std::chrono::milliseconds{0}));
        undone.kept = TRY(io::set_aside(file, io::replaced_word, stamp));
    }
    const io::Ownership ownership = TRY(io::ownership_of(names.front()));
    TRY(io::put_in_place(names.front(), file, ownership));
    undone.line = undone.kept.empty()
                      ? fmt::format("{} is as it was before the guard", file)
                      : fmt::format("{} is as it was before the guard; what stood there is {}",
                                    file, undone.kept);
    guard::GuardRecord record = guard::read_record(folder);
    record.file = file;
    record.last_time = guard::utc_time();
    record.last_outcome = "undone";
    record.last_line = undone.line;
    if (const auto kept = guard::write_record(folder, record); !kept)
        undone.line += fmt::format("; no record of it: {}", kept.error().to_text());
    return undone;
}

} // namespace rebolt
