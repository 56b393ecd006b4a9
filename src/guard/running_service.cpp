// FileRun: snapshots that were put off, made beside the service that has the file open.
#include "guard/file_run.hpp"

#include <utility>

#include <fmt/format.h>

#include <rebolt/live_copy.hpp>

#include "base/try.hpp"
#include "guard/guard_lock.hpp"
#include "guard/seal.hpp"
#include "guard/snapshots.hpp"

namespace rebolt::guard {

// Damage is only told: the service has the file open, and the next start deals with it.
void FileRun::snapshot_beside_service() {
    const auto status = place_.folder->status(place_.name);
    if (!status)
        return end_unopened(status.error());
    const FileStamp stamp = io::stamp_of(*status);
    const GuardLock lock(folder_, options_.time_budget);
    record_ = read_record(folder_);
    if (is_of_newest_snapshot(record_, stamp))
        return end(GuardOutcome::clean, true, "not changed since its newest snapshot");
    auto copy = LiveCopy::take(
        path_, {.timeout = options_.time_budget,
                .progress = [this](const LiveProgress&) { return !is_time_over(); }});
    const auto done = copy ? snapshot_of(*copy, stamp) : Result<void>(std::move(copy).error());
    if (!done)
        return end(GuardOutcome::not_judged, true,
                   fmt::format("no snapshot of it beside the service: {}", done.error().message()));
    record_.file = path_; // the outcome stays that of the start
    if (const auto kept = write_record(folder_, record_); !kept)
        report_.line += fmt::format("; no record of it: {}", kept.error().to_text());
}

Result<void> FileRun::snapshot_of(const LiveCopy& copy, const FileStamp& stamp) {
    const PageSource pages = TRY(copy.pages());
    CheckOptions check_options;
    check_options.owners = options_.recover.owners;
    check_options.progress = [this](const CheckProgress&) { return !is_time_over(); };
    const CheckReport checked = TRY(check(pages, check_options));
    if (checked.verdict != Verdict::clean || checked.trees.empty())
        return Error(ErrorCode::not_supported, sentence(checked));
    const auto file = TRY(io::File::open_for_reading(copy.open_path()));
    struct stat status{};
    if (::fstat(file->descriptor(), &status) != 0)
        return io::system_error(errno, "cannot look at the copy", path_);
    const SnapshotRequest request{.transaction = number(checked.trees.front().transaction),
                                  .stamp = io::stamp_of(status),
                                  .folder = folder_,
                                  .kept = options_.snapshots_kept,
                                  .bytes_max = options_.snapshot_bytes_max,
                                  .free_share = options_.snapshot_free_share,
                                  .may_go_on = [this] { return !is_time_over(); }};
    report_.snapshot = TRY(take_snapshot(*file, request, record_));
    record_.stamp = stamp;
    seal(pages, stamp);
    end(GuardOutcome::clean, true,
        fmt::format("snapshot made beside the service: {}", report_.snapshot));
    return {};
}

} // namespace rebolt::guard
