#include <rebolt/guard.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "guard/guard_record.hpp"
#include "guard/set_aside.hpp"
#include "guard/snapshots.hpp"
#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/new_file.hpp"

namespace rebolt {
namespace {

using Clock = std::chrono::steady_clock;
using guard::GuardRecord;

constexpr std::array<std::string_view, 3> policy_names{"recover", "quarantine", "refuse"};
constexpr std::array<std::string_view, 8> outcome_names{
    "absent", "clean", "in-use", "not-judged", "recovered", "quarantined", "refused", "failed"};

// One file, from looking at it to its report.
class Watch {
public:
    Watch(const GuardedFile& file, const GuardOptions& options)
        : file_(file), options_(options), begun_(Clock::now()) {
        report_.path = file.path;
    }

    GuardReport run() {
        std::error_code error;
        path_ = std::filesystem::weakly_canonical(file_.path, error).string();
        if (error)
            path_ = file_.path;
        folder_ = guard::folder_of(options_.state_folder, path_);
        record_ = guard::read_record(folder_);
        judge();
        report_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_);
        keep_record();
        return std::move(report_);
    }

private:
    void end(GuardOutcome outcome, bool may_start, std::string line) {
        report_.outcome = outcome;
        report_.may_start = may_start;
        report_.line = std::move(line);
    }

    [[nodiscard]] bool is_time_over() const { return Clock::now() - begun_ > options_.time_budget; }

    void judge() {
        const auto source = PageSource::open(path_);
        if (!source)
            return end_unopened(source.error());
        if (source->file_bytes() == 0)
            return end(GuardOutcome::clean, true, "empty: the service makes a new database in it");
        CheckOptions check_options;
        check_options.judge_for = options_.recover.judge_for;
        check_options.progress = [this](const CheckProgress&) { return !is_time_over(); };
        const auto checked = check(*source, check_options);
        if (!checked)
            return end(GuardOutcome::not_judged, true,
                       checked.error().code() == ErrorCode::cancelled
                           ? fmt::format("not judged within {} s: started anyway; to look at it: "
                                         "rebolt check {}",
                                         options_.time_budget.count() / 1000, path_)
                           : fmt::format("not judged: {}", checked.error().message()));
        if (checked->verdict == Verdict::clean)
            return end_clean(*source, *checked);
        report_.damage = sentence(*checked);
        act(*source);
    }

    void end_unopened(const Error& error) {
        if (error.code() == ErrorCode::file_not_found)
            return end(GuardOutcome::absent, true,
                       record_.snapshots.empty()
                           ? std::string("not there: the service makes a new one")
                           : fmt::format("not there, though it was; a snapshot of it is {}",
                                         record_.snapshots.front().path));
        const bool is_in_use = error.code() == ErrorCode::lock_timeout;
        // A folder or a device: the service could not open it either.
        end(is_in_use ? GuardOutcome::in_use : GuardOutcome::not_judged,
            error.code() != ErrorCode::invalid_argument,
            fmt::format("not judged: {}", error.message()));
    }

    void end_clean(const PageSource& source, const CheckReport& checked) {
        end(GuardOutcome::clean, true, sentence(checked));
        if (options_.dry_run || checked.trees.empty())
            return;
        auto taken = guard::take_snapshot(source, number(checked.trees.front().transaction),
                                          folder_, options_.snapshots_kept, record_);
        if (taken)
            report_.snapshot = *taken;
        else
            report_.line += fmt::format("; no snapshot of it: {}", taken.error().to_text());
    }

    void act(const PageSource& source) {
        const GuardPolicy policy =
            file_.is_cache && options_.reset_caches ? GuardPolicy::quarantine : file_.policy;
        if (policy == GuardPolicy::refuse || options_.dry_run)
            return end(GuardOutcome::refused, false,
                       fmt::format("{}; it was left as it is. To bring its data back: rebolt "
                                   "recover {} -o {}.recovered",
                                   report_.damage, path_, path_));
        const Result<void> done =
            policy == GuardPolicy::quarantine ? quarantine() : recover(source);
        if (!done)
            end(GuardOutcome::failed, false,
                fmt::format("{}; it could not be recovered and is as it was: {}", report_.damage,
                            done.error().to_text()));
    }

    Result<void> quarantine() {
        report_.quarantine = TRY(guard::set_aside(path_, guard::damaged_word));
        TRY(guard::take_away(path_));
        end(GuardOutcome::quarantined, true,
            fmt::format("{}; it was set aside as {}: the service makes a new one. To take that "
                        "back: rebolt guard undo {}",
                        report_.damage, report_.quarantine, path_));
        return {};
    }

    Result<void> recover(const PageSource& source) {
        const std::string made = path_ + ".recovered";
        const guard::Ownership ownership = TRY(guard::ownership_of(path_));
        RecoverOptions options = options_.recover;
        report_.donors = guard::sound_snapshots(record_);
        options.donors = report_.donors;
        options.file_mode = ownership.mode;
        auto recovery = TRY(Recovery::begin(source, made, std::move(options)));
        TRY(recovery.run([this](const RecoverProgress&) { return !is_time_over(); }));
        report_.recovery = recovery.report();
        if (file_.only_complete && !is_complete(*report_.recovery)) {
            TRY(guard::take_away(made));
            end(GuardOutcome::refused, false,
                fmt::format("{}; not all of it can be proven to be current, and this file is only "
                            "replaced by a complete one. It was left as it is; to bring back what "
                            "there is: rebolt recover {} -o {}",
                            report_.damage, path_, made));
            return {};
        }
        report_.quarantine = TRY(guard::set_aside(path_, guard::damaged_word));
        TRY(guard::put_in_place(made, path_, ownership));
        guard::drop_oldest(path_, guard::damaged_word, options_.quarantines_kept);
        end(GuardOutcome::recovered, true, recovered_line());
        return {};
    }

    static bool is_complete(const RecoverReport& report) {
        return report.lost_estimate == 0 &&
               report.counts.total() ==
                   report.counts.keys[static_cast<std::size_t>(Provenance::current)];
    }

    [[nodiscard]] std::string recovered_line() const {
        const RecoverReport& recovery = *report_.recovery;
        std::string marks;
        for (std::size_t i = 0; i < provenance_count; ++i)
            if (recovery.counts.keys[i] != 0)
                marks += fmt::format("{}{} {}", marks.empty() ? "" : ", ", recovery.counts.keys[i],
                                     name_of(static_cast<Provenance>(i)));
        return fmt::format("{}; recovered: {} keys ({}), {} lost; the damaged file is {}. To take "
                           "that back: rebolt guard undo {}",
                           report_.damage, recovery.counts.total(), marks,
                           recovery.lost_estimate == 0
                               ? std::string("none")
                               : fmt::format("about {}", recovery.lost_estimate),
                           report_.quarantine, path_);
    }

    void keep_record() {
        if (options_.dry_run)
            return;
        const bool is_news = report_.outcome != GuardOutcome::clean || !report_.snapshot.empty() ||
                             record_.last_outcome != name_of(GuardOutcome::clean);
        if (!is_news || report_.outcome == GuardOutcome::absent)
            return;
        record_.file = path_;
        record_.last_time = guard::utc_time(false);
        record_.last_outcome = name_of(report_.outcome);
        record_.last_line = report_.line;
        if (const auto kept = guard::write_record(folder_, record_); !kept)
            report_.line += fmt::format("; no record of it: {}", kept.error().to_text());
    }

    const GuardedFile& file_;
    const GuardOptions& options_;
    Clock::time_point begun_;
    std::string path_; ///< without symbolic links
    std::string folder_;
    GuardRecord record_;
    GuardReport report_;
};

} // namespace

std::string_view name_of(GuardPolicy policy) noexcept {
    return policy_names[static_cast<std::size_t>(policy)];
}

std::optional<GuardPolicy> guard_policy(std::string_view name) noexcept {
    const auto* at = std::ranges::find(policy_names, name);
    if (at == policy_names.end())
        return std::nullopt;
    return static_cast<GuardPolicy>(at - policy_names.begin());
}

std::string_view name_of(GuardOutcome outcome) noexcept {
    return outcome_names[static_cast<std::size_t>(outcome)];
}

GuardReport guard_file(const GuardedFile& file, const GuardOptions& options) {
    return Watch(file, options).run();
}

Result<GuardUndone> undo_guard(const std::string& path, const GuardOptions& options) {
    std::error_code error;
    const std::string place = std::filesystem::weakly_canonical(path, error).string();
    const auto names = guard::names_set_aside(place, guard::damaged_word);
    if (names.empty())
        return Error(ErrorCode::file_not_found, "the guard set no file aside here: there is "
                                                "nothing to undo")
            .in_file(place);
    GuardUndone undone{.restored = place, .kept = {}, .line = {}};
    std::shared_ptr<const io::File> locked;
    if (std::filesystem::exists(place, error)) {
        locked = TRY(io::File::open_for_writing(place, 0));
        TRY(io::lock(*locked, io::LockMode::exclusive, std::chrono::milliseconds{0}));
        undone.kept = TRY(guard::set_aside(place, guard::replaced_word));
    }
    const guard::Ownership ownership = TRY(guard::ownership_of(names.front()));
    TRY(guard::put_in_place(names.front(), place, ownership));
    undone.line = undone.kept.empty()
                      ? fmt::format("{} is as it was before the guard", place)
                      : fmt::format("{} is as it was before the guard; what stood there is {}",
                                    place, undone.kept);
    const std::string folder = guard::folder_of(options.state_folder, place);
    GuardRecord record = guard::read_record(folder);
    record.file = place;
    record.last_time = guard::utc_time(false);
    record.last_outcome = "undone";
    record.last_line = undone.line;
    if (const auto kept = guard::write_record(folder, record); !kept)
        undone.line += fmt::format("; no record of it: {}", kept.error().to_text());
    return undone;
}

} // namespace rebolt
