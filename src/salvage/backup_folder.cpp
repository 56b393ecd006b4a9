#include <rebolt/backup_folder.hpp>

#include <utility>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "io/set_aside.hpp"

namespace rebolt {
namespace {

constexpr std::string_view backup_word = "backup";

Result<CheckReport> check_backup(const std::string& path) {
    const PageSource source = TRY(PageSource::open(path));
    CheckOptions by_pages; // its owner's rules are no reason to have no backup
    by_pages.owners = {};
    return check(source, by_pages);
}

Result<KeptBackup> back_up_to(const Tx& tx, const BackupFolder& where) {
    if (where.kept == 0)
        return Error(ErrorCode::invalid_argument, "at least one backup must be kept");
    const io::Place place = TRY(io::place_of(where.folder + "/" + where.name, io::LastLink::keep));
    const std::string name = io::next_aside_name(place, backup_word);
    KeptBackup made{.path = place.folder->path_of(name), .transaction = tx.id(), .removed = {}};
    TRY(tx.copy_file(made.path, 0, where.progress));
    const CheckReport checked = TRY(check_backup(made.path));
    if (checked.verdict != Verdict::clean) {
        TRY(place.folder->remove(name));
        return Error(Finding(checked.findings.front())).in_file(made.path);
    }
    made.file_bytes = checked.file_bytes;
    const std::vector<io::AsideFile> there = io::files_set_aside(place, backup_word);
    for (std::size_t i = where.kept; i < there.size(); ++i) {
        TRY(place.folder->remove(there[i].name));
        made.removed.push_back(place.folder->path_of(there[i].name));
    }
    made.kept = there.size() - made.removed.size();
    return made;
}

} // namespace

Result<KeptBackup> back_up(const Tx& tx, const BackupFolder& where) {
    return with_memory([&] { return back_up_to(tx, where); });
}

} // namespace rebolt
