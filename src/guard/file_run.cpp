#include "guard/file_run.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include <fmt/format.h>

#include <rebolt/storage_risk.hpp>

#include "base/try.hpp"
#include "guard/content_guard.hpp"
#include "guard/etcd_member.hpp"
#include "guard/guard_event.hpp"
#include "guard/guard_lock.hpp"
#include "guard/missing_state.hpp"
#include "guard/recovered_text.hpp"
#include "guard/refusal.hpp"
#include "guard/set_aside.hpp"
#include "guard/snapshots.hpp"
#include "io/attributes.hpp"
#include "io/file_writer.hpp"

namespace rebolt::guard {
namespace {

// Where a rehearsal makes its file: not beside the damaged one, where nothing is to change.
Result<io::Place> rehearsal_place() {
    std::error_code failed;
    const auto folder = std::filesystem::temp_directory_path(failed);
    return io::place_of((failed ? "/tmp" : folder.string()) + "/guard.db", io::LastLink::follow);
}

} // namespace

FileRun::FileRun(const GuardedFile& file, const GuardOptions& options)
    : file_(file), options_(options), begun_(Clock::now()), deadline_(begun_ + options.time_budget),
      path_(file.path) {
    report_.path = file.path;
}

GuardReport FileRun::run() {
    auto place = io::place_of(file_.path, io::LastLink::follow);
    if (place) {
        place_ = *std::move(place);
        path_ = place_.path();
        folder_ = folder_of(options_.state_folder, path_);
        guard_it();
    } else if (place.error().code() == ErrorCode::file_not_found) {
        end(GuardOutcome::absent, true, "missing: the service will create it");
        guard_missing_state(file_, options_, report_);
    } else if (place.error().code() == ErrorCode::invalid_argument) {
        end_unopened(place.error());
    } else {
        end(GuardOutcome::not_judged, true, fmt::format("not judged: {}", place.error().message()));
    }
    report_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_);
    return std::move(report_);
}

void FileRun::guard_it() {
    if (options_.moment == GuardMoment::after_start)
        return snapshot_beside_service();
    if (options_.dry_run) {
        record_ = read_record(folder_);
        check_file();
        return guard_its_content();
    }
    std::error_code ignored;
    const bool is_there =
        place_.folder->status(place_.name).has_value() || std::filesystem::exists(folder_, ignored);
    const GuardLock lock = is_there ? GuardLock(folder_, options_.time_budget) : GuardLock();
    lock.remove_leftovers(place_);
    record_ = read_record(folder_);
    check_file();
    if (std::exchange(has_changed_, false)) { // by another guard, perhaps: then it is clean now
        report_ = GuardReport{};
        report_.path = file_.path;
        check_file();
    }
    if (has_changed_)
        end(GuardOutcome::not_judged, true,
            "skipped: another program is replacing or modifying this file");
    guard_its_content();
    keep_record();
}

void FileRun::guard_its_content() {
    guard_missing_state(file_, options_, report_);
    guard_content(options_, report_);
    if (!report_.may_start)
        end(report_.outcome, false, std::move(report_.line));
}

bool FileRun::is_left_alone() const {
    return !options_.again && record_.undone != FileStamp{} && record_.undone == stamp_;
}

void FileRun::end(GuardOutcome outcome, bool may_start, std::string line) {
    constexpr std::string_view despite = "; started anyway, as `on_failure` says";
    report_.outcome = outcome;
    report_.may_start =
        may_start || (options_.starts_anyway && file_.policy != GuardPolicy::refuse);
    report_.line = std::move(line);
    if (report_.may_start != may_start)
        report_.line += despite;
}

void FileRun::check_file() {
    auto opened = place_.folder->open(place_.name);
    if (!opened)
        return end_unopened(opened.error());
    opened_ = *std::move(opened);
    const auto source = PageSource::open(opened_);
    if (!source)
        return end_unopened(source.error());
    // The file that is checked is the one under the name, and the one replaced.
    struct stat status{};
    if (::fstat(opened_->descriptor(), &status) != 0)
        return end_unopened(io::system_error(errno, "cannot look at the file", path_));
    stamp_ = io::stamp_of(status);
    if (!io::require_unchanged(place_, stamp_)) {
        has_changed_ = true;
        return;
    }
    if (is_left_alone())
        return end(GuardOutcome::not_judged, true,
                   fmt::format("left alone: `rebolt guard undo` put this file back, and it has "
                               "not changed since. To recover it: rebolt guard --again {}",
                               path_));
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
    if (is_of_another_format(*source, *checked))
        return;
    report_.damage = sentence(*checked);
    if (checked->has_sound_pages()) { // its owner's rules alone are no reason to change a file
        tell_verdict(GuardOutcome::clean, true, "every page is sound");
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

void FileRun::tell_verdict(GuardOutcome outcome, bool may_start, std::string line) {
    end(outcome, may_start, std::move(line));
    if (options_.on_verdict)
        options_.on_verdict(report_);
}

// A service may have gone over to another format: what is no bolt file at all, and
// not what a power cut leaves, is not ours to replace.
bool FileRun::is_of_another_format(const PageSource& source, const CheckReport& checked) {
    constexpr std::size_t looked_at_bytes = std::size_t{16} << 20;
    constexpr auto not_bolt = static_cast<std::size_t>(FindingCode::not_a_bolt_file);
    const Bytes begin = source.file().first(std::min(source.file().size(), looked_at_bytes));
    if (checked.count_of[not_bolt] == 0 || file_.policy != GuardPolicy::recover ||
        (file_.is_cache && options_.reset_caches) ||
        std::ranges::all_of(begin, [](std::byte byte) { return byte == std::byte{0}; }))
        return false;
    const std::string format =
        checked.foreign ? fmt::format(", but a file of another format: {}", checked.foreign->name)
                        : std::string();
    end(GuardOutcome::not_judged, true,
        fmt::format("not judged: no bolt file{}; started, nothing was changed{}", format,
                    record_.snapshots.empty()
                        ? std::string()
                        : fmt::format(". If it should be one, a snapshot of it is {}",
                                      record_.snapshots.front().path)));
    return true;
}

// A torn page may leave values that the service cannot read. A snapshot that has
// them is a second source; without one the file is left alone.
bool FileRun::restores_values(const PageSource& source) {
    if (file_.policy != GuardPolicy::recover || is_after_stop() ||
        sound_snapshots(record_, [this] { return !is_time_over(); }).empty())
        return false;
    const auto done = recover(source, IfValuesRemain::leave);
    return done.has_value() && report_.outcome == GuardOutcome::recovered;
}

// An etcd member is more than its database: true if it was dealt with as one.
bool FileRun::repairs_member() {
    if (file_.etcd_root.empty() || file_.policy != GuardPolicy::recover)
        return false;
    report_.donors = sound_snapshots(record_, [this] { return !is_time_over(); });
    const MemberRepair repair =
        repair_member(file_.etcd_root, report_.donors, options_.dry_run || is_after_stop());
    if (repair.outcome == MemberOutcome::no_member)
        return false;
    const bool is_right = repair.outcome == MemberOutcome::repaired;
    report_.quarantine = repair.set_aside;
    const std::string damage = report_.damage.empty() ? "db is not there" : report_.damage;
    end(is_right ? GuardOutcome::recovered : GuardOutcome::refused, is_right,
        damage + "; " + repair.text);
    return true;
}

void FileRun::end_unopened(const Error& error) {
    if (error.code() == ErrorCode::file_not_found && repairs_member())
        return;
    if (error.code() == ErrorCode::file_not_found)
        return end(GuardOutcome::absent, true,
                   record_.snapshots.empty()
                       ? "missing: the service will create it"
                       : "missing, though it was there; a snapshot of it is " +
                             record_.snapshots.front().path);
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
    if (repairs_member())
        return;
    const GuardPolicy policy =
        file_.is_cache && options_.reset_caches ? GuardPolicy::quarantine : file_.policy;
    if (policy == GuardPolicy::refuse || is_after_stop())
        return end(GuardOutcome::refused, false,
                   fmt::format("{}; it was left as it is. To bring its data back: rebolt recover "
                               "{} -o {}.recovered",
                               report_.damage, path_, path_));
    tell_verdict(GuardOutcome::failed, false,
                 failed_line(Error(ErrorCode::cancelled, "the time was over")));
    const Result<void> done =
        policy == GuardPolicy::quarantine ? quarantine() : recover(source, IfValuesRemain::go_on);
    if (!done)
        end_failed(done.error());
}

void FileRun::end_failed(const Error& error) {
    has_changed_ = !io::require_unchanged(place_, stamp_).has_value();
    end(GuardOutcome::failed, false, failed_line(error));
}

std::string FileRun::failed_line(const Error& error) const {
    if (error.code() == ErrorCode::cancelled)
        return fmt::format("{}; it could not be recovered within {} s and is as it was. With more "
                           "time: rebolt guard --budget SECONDS {}",
                           report_.damage, options_.time_budget.count() / 1000, path_);
    return fmt::format("{}; it could not be recovered and is as it was: {}", report_.damage,
                       error.to_text());
}

// The record names it before the file is replaced: undo finds it after a power cut.
Result<void> FileRun::set_it_aside() {
    const AsideFile aside = TRY(io::set_aside(place_, io::damaged_word, stamp_));
    report_.quarantine = place_.folder->path_of(aside.name);
    std::erase_if(record_.set_aside, [&](const AsideFile& old) { return old.name == aside.name; });
    record_.set_aside.push_back(aside);
    static_cast<void>(write_record(folder_, record_)); // keep_record() tells of a failure
    return io::require_unchanged(place_, stamp_);
}

// The file could not be replaced, and is still there: it needs no second name.
void FileRun::take_back_name() {
    if (record_.set_aside.empty() || !io::require_unchanged(place_, stamp_))
        return;
    if (io::is_there(place_, record_.set_aside.back()))
        static_cast<void>(place_.folder->remove(record_.set_aside.back().name));
    record_.set_aside.pop_back();
    report_.quarantine.clear();
}

Result<void> FileRun::quarantine() {
    if (options_.dry_run) {
        end(GuardOutcome::quarantined, true,
            fmt::format("{}; would be set aside: the service makes a new one. This is a dry run: "
                        "nothing was changed",
                        report_.damage));
        return {};
    }
    TRY(set_it_aside());
    if (auto removed = place_.folder->remove(place_.name); !removed) {
        take_back_name();
        return removed;
    }
    TRY(place_.folder->sync());
    end(GuardOutcome::quarantined, true,
        fmt::format("{}; it was set aside as {}: the service makes a new one. To take that back: "
                    "rebolt guard undo {}",
                    report_.damage, report_.quarantine, path_));
    return {};
}

Result<void> FileRun::recover(const PageSource& source, IfValuesRemain if_values_remain) {
    const io::Place place = options_.dry_run ? TRY(rehearsal_place()) : place_;
    const io::WorkFolder work = TRY(io::WorkFolder::make(place, work_word));
    ReplacementRequest request{.path = work.folder().descriptor_path_of(new_name),
                               .docker_root = file_.docker_root,
                               .recover = options_.recover,
                               .deadline = deadline_};
    report_.donors = sound_snapshots(record_, [this] { return !is_time_over(); });
    request.recover.donors = report_.donors;
    const Replacement made = TRY(make_replacement(source, request));
    report_.recovery = made.recovery;
    report_.restored_from = made.restored_from;
    report_.records_mended = made.records_mended;
    if (if_values_remain == IfValuesRemain::leave &&
        (made.values.restored == 0 || made.values.left != 0))
        return {};
    const std::string refusal = TRY(refusal_of(file_, source, made));
    if (refusal.empty() && options_.dry_run) {
        end(GuardOutcome::recovered, true,
            fmt::format("{}; would be {}. This is a dry run: nothing was changed", report_.damage,
                        recovered_text(made)));
        return {};
    }
    if (refusal.empty())
        return replace_with(work.folder(), made);
    end(GuardOutcome::refused, false,
        fmt::format("{}; {}. It was left as it is; to bring back what there is: rebolt "
                    "recover {} -o {}.recovered{}{}",
                    report_.damage, refusal, path_, path_, file_.advice.empty() ? "" : ". ",
                    file_.advice));
    return {};
}

Result<void> FileRun::replace_with(const io::Folder& work, const Replacement& made) {
    const auto file = TRY(work.open(new_name));
    TRY(io::copy_attributes(*opened_, *file));
    TRY(io::FileWriter(file).sync_all());
    TRY(set_it_aside());
    if (auto taken = place_.folder->take(work, new_name, place_.name); !taken) {
        take_back_name();
        return taken;
    }
    TRY(place_.folder->sync());
    end(GuardOutcome::recovered, true,
        fmt::format("{}; {}; the damaged file is {}. To take that back: rebolt guard undo {}",
                    report_.damage, recovered_text(made), report_.quarantine, path_));
    seal_new_file();
    return {};
}

void FileRun::keep_record() {
    const bool is_news = report_.outcome != GuardOutcome::clean || !report_.snapshot.empty() ||
                         !report_.broken_seal.empty() ||
                         record_.last_outcome != name_of(GuardOutcome::clean);
    if (!is_news || report_.outcome == GuardOutcome::absent)
        return;
    for (const std::string_view word : {io::damaged_word, io::replaced_word})
        drop_oldest(place_, word, options_.quarantines_kept, record_);
    record_.file = path_;
    record_.last_time = utc_time();
    record_.last_outcome = name_of(report_.outcome);
    record_.last_line = report_.line;
    record_.last_risks.clear();
    if (!report_.damage.empty())
        for (const StorageRisk& risk : storage_risks(path_))
            record_.last_risks.push_back(to_text(risk));
    if (is_event(report_))
        remember(record_, event_of(report_, record_.last_time));
    if (const auto kept = write_record(folder_, record_); !kept)
        report_.line += fmt::format("; no record of it: {}", kept.error().to_text());
}

} // namespace rebolt::guard
