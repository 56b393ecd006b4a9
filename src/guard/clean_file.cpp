// FileRun: what becomes of a clean file. Its snapshot, its seal, its compaction.
#include "guard/file_run.hpp"

#include <utility>

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "guard/guard_lock.hpp"
#include "guard/seal.hpp"
#include "guard/snapshots.hpp"
#include "io/attributes.hpp"
#include "io/file_writer.hpp"
#include "salvage/compacted_copy.hpp"

namespace rebolt::guard {
namespace {

// A start does not wait while a large file is read once more. Its snapshot and its seal
// are made beside the service; whether it is as it was sealed is not asked then.
constexpr std::uint64_t copied_bytes_max = std::uint64_t{4} << 20;
constexpr std::uint64_t compared_bytes_max = std::uint64_t{64} << 20;

} // namespace

void FileRun::end_clean(const PageSource& source, const CheckReport& checked) {
    constexpr std::string_view verdict = "clean: "; // the line already says so
    const std::string text = sentence(checked);
    tell_verdict(GuardOutcome::clean, true,
                 text.starts_with(verdict) ? text.substr(verdict.size()) : text);
    if (checked.trees.empty() || is_seal_broken(source, checked) || options_.dry_run)
        return;
    if (is_put_off(copied_bytes_max) && !is_of_newest_snapshot(record_, stamp_)) {
        report_.line += "; its snapshot is made once the service runs";
        return;
    }
    const bool has_copy = has_snapshot(checked);
    seal(source, stamp_);
    if (!has_copy || !compacts(checked))
        return;
    if (const auto done = compact(checked); !done)
        report_.line += fmt::format("; not compacted: {}", done.error().to_text());
}

bool FileRun::compacts(const CheckReport& checked) const {
    constexpr std::uint64_t worth_bytes = std::uint64_t{1} << 20;
    return options_.compact_above > 0 && !is_after_stop() && file_.policy == GuardPolicy::recover &&
           checked.file_bytes >= worth_bytes &&
           static_cast<double>(checked.pages.free) >
               options_.compact_above * static_cast<double>(checked.pages.total);
}

// The snapshot is the copy of what is replaced.
Result<void> FileRun::compact(const CheckReport& checked) {
    const io::WorkFolder work = TRY(io::WorkFolder::make(place_, work_word));
    const std::uint64_t bytes = TRY(
        salvage::make_compacted_copy(*opened_, checked, work.folder().descriptor_path_of(new_name),
                                     [this] { return !is_time_over(); }));
    const auto file = TRY(work.folder().open(new_name));
    TRY(io::copy_attributes(*opened_, *file));
    TRY(io::FileWriter(file).sync_all());
    TRY(io::require_unchanged(place_, stamp_));
    TRY(place_.folder->take(work.folder(), new_name, place_.name));
    TRY(place_.folder->sync());
    report_.line += fmt::format("; compacted from {} to {} bytes", checked.file_bytes, bytes);
    seal_new_file();
    return {};
}

// What changed without a commit is told, and stops no service: every page is sound. The
// snapshot and the seal stay as they are then, since they show what was there. An older
// state may have been put back on purpose: that is told once.
bool FileRun::is_seal_broken(const PageSource& source, const CheckReport& checked) {
    if (!options_.seals || is_put_off(compared_bytes_max))
        return false;
    const auto seal = read_seal(folder_);
    if (!seal)
        return false;
    const auto broken = broken_seal(*seal, source, stamp_, [this] { return !is_time_over(); });
    if (!broken || broken->empty())
        return false;
    report_.broken_seal = *broken;
    report_.line += fmt::format("; but {}", *broken);
    if (!record_.snapshots.empty())
        report_.line +=
            fmt::format(". The newest snapshot, of transaction {}, is {}",
                        record_.snapshots.front().transaction, record_.snapshots.front().path);
    return number(checked.trees.front().transaction) >= seal->transaction;
}

// Best effort, as the snapshot is.
void FileRun::seal(const PageSource& source, const FileStamp& stamp) {
    const auto old = options_.seals ? read_seal(folder_) : std::nullopt;
    if (!options_.seals || (old && old->stamp == stamp))
        return;
    const auto made = seal_of(source, stamp, [this] { return !is_time_over(); });
    if (made)
        static_cast<void>(write_seal(folder_, *made));
}

void FileRun::seal_new_file() {
    const auto file = place_.folder->open(place_.name);
    struct stat status{};
    if (!file || ::fstat((*file)->descriptor(), &status) != 0)
        return;
    if (const auto source = PageSource::open(*file, {.lock = false}))
        seal(*source, io::stamp_of(status));
}

bool FileRun::is_put_off(std::uint64_t bytes_max) const {
    return options_.moment == GuardMoment::before_start && stamp_.bytes > bytes_max;
}

bool FileRun::has_snapshot(const CheckReport& checked) {
    const SnapshotRequest request{.transaction = number(checked.trees.front().transaction),
                                  .stamp = stamp_,
                                  .folder = folder_,
                                  .kept = options_.snapshots_kept,
                                  .bytes_max = options_.snapshot_bytes_max,
                                  .free_share = options_.snapshot_free_share,
                                  .may_go_on = [this] { return !is_time_over(); }};
    auto taken = take_snapshot(*opened_, request, record_);
    if (taken)
        report_.snapshot = *taken;
    else
        report_.line += fmt::format("; no snapshot of it: {}", taken.error().to_text());
    return taken.has_value() && options_.snapshots_kept != 0;
}

} // namespace rebolt::guard
