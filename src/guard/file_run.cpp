#include "guard/file_run.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <rebolt/docker/containers.hpp>

#include "base/try.hpp"
#include "guard/guard_lock.hpp"
#include "guard/snapshots.hpp"
#include "io/file_writer.hpp"
#include "io/set_aside.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;

// A container in a user network proves that there was network state.
bool containers_need_networks(const std::string& docker_root) {
    const auto containers = docker::load_containers(docker_root);
    if (!containers)
        return false;
    for (const docker::Container& container : containers->all)
        for (const docker::ContainerNetwork& place : container.networks)
            if (place.name != "bridge" && place.name != "host" && place.name != "none")
                return true;
    return false;
}

std::string keys_text(const RecoverReport& recovery) {
    std::string marks;
    for (std::size_t i = 0; i < provenance_count; ++i)
        if (recovery.counts.keys[i] != 0)
            marks += fmt::format("{}{} {}", marks.empty() ? "" : ", ", recovery.counts.keys[i],
                                 name_of(static_cast<Provenance>(i)));
    return fmt::format("recovered: {} keys ({}), {} lost", recovery.counts.total(), marks,
                       !recovery.is_loss_known ? std::string("an unknown number")
                       : recovery.lost_estimate == 0
                           ? std::string("none")
                           : fmt::format("about {}", recovery.lost_estimate));
}

} // namespace

std::string real_path(const std::string& path) {
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    if (error)
        return path;
    const fs::path place = fs::weakly_canonical(absolute, error);
    return error ? absolute.string() : place.string();
}

FileRun::FileRun(const GuardedFile& file, const GuardOptions& options)
    : file_(file), options_(options), begun_(Clock::now()), deadline_(begun_ + options.time_budget),
      path_(real_path(file.path)), folder_(folder_of(options.state_folder, path_)) {
    report_.path = file.path;
}

GuardReport FileRun::run() {
    if (options_.dry_run) {
        record_ = read_record(folder_);
        check_file();
    } else {
        std::error_code ignored;
        const bool is_there = fs::exists(path_, ignored) || fs::exists(folder_, ignored);
        const GuardLock lock = is_there ? GuardLock(folder_, options_.time_budget) : GuardLock();
        lock.remove_leftovers(path_);
        record_ = read_record(folder_);
        check_file();
        keep_record();
    }
    report_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_);
    return std::move(report_);
}

void FileRun::end(GuardOutcome outcome, bool may_start, std::string line) {
    report_.outcome = outcome;
    report_.may_start = may_start;
    report_.line = std::move(line);
}

void FileRun::check_file() {
    // Stamped before and after opening: the file that was checked is the one replaced.
    const auto before = io::stamp_of(path_);
    const auto source = PageSource::open(path_);
    if (!source)
        return end_unopened(source.error());
    const auto after = io::stamp_of(path_);
    if (!before || !after || *before != *after)
        return end(GuardOutcome::not_judged, true,
                   "not judged: another program has just put this file here, or changes it");
    stamp_ = *after;
    if (source->file_bytes() == 0)
        return end_empty(*source);
    CheckOptions check_options;
    check_options.owners = options_.recover.owners;
    check_options.progress = [this](const CheckProgress&) { return !is_time_over(); };
    const auto checked = check(*source, check_options);
    if (!checked)
        return end_unchecked(checked.error());
    if (checked->verdict == Verdict::clean)
        return end_clean(*source, *checked);
    report_.damage = sentence(*checked);
    if (checked->has_sound_pages()) { // its owner's rules alone are no reason to change a file
        if (restores_values(*source))
            return;
        report_.damage.clear();
        report_.recovery.reset();
        report_.donors.clear();
        return end(GuardOutcome::clean, true,
                   fmt::format("every page is sound, but values are not as the service writes "
                               "them: started, nothing was changed; to see them: rebolt check {}",
                               path_));
    }
    act(*source);
}

// A torn page may leave values that the service cannot read. A snapshot that has
// them is a second source; without one the file is left alone.
bool FileRun::restores_values(const PageSource& source) {
    if (file_.policy != GuardPolicy::recover || options_.dry_run ||
        sound_snapshots(record_).empty())
        return false;
    const auto done = recover(source, IfValuesRemain::leave);
    std::error_code ignored;
    if (!done)
        fs::remove(temporary_name(path_), ignored);
    return done.has_value() && report_.outcome == GuardOutcome::recovered;
}

void FileRun::end_unopened(const Error& error) {
    if (error.code() == ErrorCode::file_not_found)
        return end(GuardOutcome::absent, true,
                   record_.snapshots.empty()
                       ? std::string("not there: the service makes a new one")
                       : fmt::format("not there, though it was; a snapshot of it is {}",
                                     record_.snapshots.front().path));
    if (error.code() == ErrorCode::invalid_argument) // a folder, a device
        return end(GuardOutcome::failed, false,
                   fmt::format("{}: the service cannot open it either. Move it away, or put the "
                               "database back: nothing was changed",
                               error.message()));
    end(error.code() == ErrorCode::lock_timeout ? GuardOutcome::in_use : GuardOutcome::not_judged,
        true, fmt::format("not judged: {}", error.message()));
}

void FileRun::end_unchecked(const Error& error) {
    end(GuardOutcome::not_judged, true,
        error.code() == ErrorCode::cancelled
            ? fmt::format("not judged within {} s: started anyway; to look at it: rebolt check {}",
                          options_.time_budget.count() / 1000, path_)
            : fmt::format("not judged: {}", error.message()));
}

void FileRun::end_clean(const PageSource& source, const CheckReport& checked) {
    constexpr std::string_view verdict = "clean: "; // the line already says so
    const std::string text = sentence(checked);
    end(GuardOutcome::clean, true, text.starts_with(verdict) ? text.substr(verdict.size()) : text);
    if (options_.dry_run || checked.trees.empty())
        return;
    auto taken = take_snapshot(source, number(checked.trees.front().transaction), folder_,
                               options_.snapshots_kept, record_);
    if (taken)
        report_.snapshot = *taken;
    else
        report_.line += fmt::format("; no snapshot of it: {}", taken.error().to_text());
}

// bbolt creates a new database in an empty file. After a power cut a file may be
// empty because its data never reached the disk.
void FileRun::end_empty(const PageSource& source) {
    const bool was_full =
        !record_.snapshots.empty() ||
        (!file_.docker_root.empty() && containers_need_networks(file_.docker_root));
    if (!was_full)
        return end(GuardOutcome::clean, true, "empty: the service makes a new database in it");
    report_.damage = "damaged: the file is empty, and it was not";
    act(source);
}

void FileRun::act(const PageSource& source) {
    const GuardPolicy policy =
        file_.is_cache && options_.reset_caches ? GuardPolicy::quarantine : file_.policy;
    if (policy == GuardPolicy::refuse || options_.dry_run)
        return end(GuardOutcome::refused, false,
                   fmt::format("{}; it was left as it is. To bring its data back: rebolt recover "
                               "{} -o {}.recovered",
                               report_.damage, path_, path_));
    const Result<void> done =
        policy == GuardPolicy::quarantine ? quarantine() : recover(source, IfValuesRemain::go_on);
    if (done)
        return;
    std::error_code ignored;
    fs::remove(temporary_name(path_), ignored);
    end(GuardOutcome::failed, false, failed_line(done.error()));
}

std::string FileRun::failed_line(const Error& error) const {
    if (error.code() == ErrorCode::cancelled)
        return fmt::format("{}; it could not be recovered within {} s and is as it was. With more "
                           "time: rebolt guard --budget SECONDS {}",
                           report_.damage, options_.time_budget.count() / 1000, path_);
    return fmt::format("{}; it could not be recovered and is as it was: {}", report_.damage,
                       error.to_text());
}

Result<void> FileRun::quarantine() {
    report_.quarantine = TRY(io::set_aside(path_, io::damaged_word, stamp_));
    TRY(io::require_unchanged(path_, stamp_));
    TRY(io::remove_file(path_));
    io::drop_oldest(path_, io::damaged_word, options_.quarantines_kept);
    end(GuardOutcome::quarantined, true,
        fmt::format("{}; it was set aside as {}: the service makes a new one. To take that back: "
                    "rebolt guard undo {}",
                    report_.damage, report_.quarantine, path_));
    return {};
}

Result<void> FileRun::recover(const PageSource& source, IfValuesRemain if_values_remain) {
    ReplacementRequest request{.path = temporary_name(path_),
                               .mode = TRY(io::ownership_of(path_)).mode,
                               .docker_root = file_.docker_root,
                               .recover = options_.recover,
                               .deadline = deadline_};
    report_.donors = sound_snapshots(record_);
    request.recover.donors = report_.donors;
    const Replacement made = TRY(make_replacement(source, request));
    report_.recovery = made.recovery;
    report_.restored_from = made.restored_from;
    report_.records_mended = made.records_mended;
    if (if_values_remain == IfValuesRemain::leave &&
        (made.values.restored == 0 || made.values.left != 0))
        return io::remove_file(made.path);
    if (!file_.only_complete || made.is_complete())
        return replace_with(made);
    TRY(io::remove_file(made.path));
    end(GuardOutcome::refused, false,
        fmt::format("{}; not all of it can be proven to be current, and this file is only replaced "
                    "by a complete one. It was left as it is; to bring back what there is: rebolt "
                    "recover {} -o {}.recovered",
                    report_.damage, path_, path_));
    return {};
}

Result<void> FileRun::replace_with(const Replacement& made) {
    const io::Ownership ownership = TRY(io::ownership_of(path_));
    report_.quarantine = TRY(io::set_aside(path_, io::damaged_word, stamp_));
    TRY(io::require_unchanged(path_, stamp_));
    TRY(io::put_in_place(made.path, path_, ownership));
    io::drop_oldest(path_, io::damaged_word, options_.quarantines_kept);
    end(GuardOutcome::recovered, true, recovered_line(made));
    return {};
}

std::string FileRun::recovered_line(const Replacement& made) const {
    std::string text = report_.damage + "; ";
    if (made.recovery)
        text += keys_text(*made.recovery);
    else if (!made.restored_from.empty())
        text += fmt::format("nothing in it could be read: the snapshot {} is in its place",
                            made.restored_from);
    else
        text += "nothing in it could be read";
    if (made.values.restored != 0)
        text += fmt::format("; {} {} that the service cannot read restored from snapshots",
                            made.values.restored, made.values.restored == 1 ? "value" : "values");
    if (made.records_mended != 0)
        text +=
            fmt::format("; {} records mended by the containers' own files", made.records_mended);
    return fmt::format("{}{}; the damaged file is {}. To take that back: rebolt guard undo {}",
                       text, made.note, report_.quarantine, path_);
}

void FileRun::keep_record() {
    const bool is_news = report_.outcome != GuardOutcome::clean || !report_.snapshot.empty() ||
                         record_.last_outcome != name_of(GuardOutcome::clean);
    if (!is_news || report_.outcome == GuardOutcome::absent)
        return;
    record_.file = path_;
    record_.last_time = utc_time();
    record_.last_outcome = name_of(report_.outcome);
    record_.last_line = report_.line;
    if (const auto kept = write_record(folder_, record_); !kept)
        report_.line += fmt::format("; no record of it: {}", kept.error().to_text());
}

} // namespace rebolt::guard
