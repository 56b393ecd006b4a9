// The order, and why a crash at any moment does no harm: the old file has its
// second name, and the undo file is there, before the new file takes its place. Each
// step is synced before the next.
#include <rebolt/recover_in_place.hpp>

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <rebolt/undo.hpp>

#include "base/try.hpp"
#include "io/new_file.hpp"
#include "io/set_aside.hpp"
#include "io/work_folder.hpp"
#include "salvage/in_place.hpp"
#include "salvage/replacement_record.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

constexpr const char* new_name = "new.db"; // in the work folder

// An undo file of a repair holds bytes that are nowhere else; one of an earlier
// recovery only names a file that stays.
Result<void> require_no_repair_to_undo(const std::string& path) {
    std::error_code ignored;
    if (!fs::exists(undo_path(path), ignored))
        return {};
    const auto undo = TRY(io::File::open_for_reading(undo_path(path)));
    const std::uint64_t bytes = TRY(undo->size_bytes());
    if (salvage::is_replacement_record(TRY(salvage::read_range(*undo, 0, bytes))))
        return {};
    return Error(ErrorCode::invalid_argument,
                 "there is an undo file of an earlier change already; take that change back "
                 "with `rebolt undo`, or keep it: move the undo file away or remove it")
        .in_file(undo_path(path));
}

bool is_incomplete_member(const InPlaceReport& report) {
    return report.before.owner == Owner::etcd && report.recovery.outcome != RecoverOutcome::all;
}

class RecoveryInPlace {
public:
    RecoveryInPlace(std::string path, std::string real_path, InPlaceOptions options)
        : path_(std::move(path)), real_path_(std::move(real_path)), options_(std::move(options)) {}

    Result<InPlaceReport> run() {
        const auto opened =
            TRY(salvage::open_in_place(real_path_, io::LockMode::exclusive, options_.timeout));
        place_ = TRY(io::place_of(real_path_, io::LastLink::follow));
        const io::FileStamp stamp = io::stamp_of(TRY(place_.folder->status(place_.name)));
        const io::WorkFolder work = TRY(io::WorkFolder::make(place_, "recovering"));
        if (!TRY(make(work.folder().descriptor_path_of(new_name))))
            return std::move(report_);
        TRY(require_no_repair_to_undo(path_));
        TRY(io::require_unchanged(place_, stamp));
        TRY(put_in_place(*opened.file, work.folder(), stamp));
        return std::move(report_);
    }

private:
    // Whether there is a file to put in place.
    Result<bool> make(const std::string& path) {
        ReadOptions read{.lock = false, .page_size_bytes = options_.page_size_bytes}; // it is held
        const PageSource source = TRY(PageSource::open(real_path_, read));
        CheckOptions check_options;
        check_options.owners = options_.recover.owners;
        report_.before = TRY(check(source, check_options));
        if (report_.before.verdict == Verdict::clean || report_.before.has_sound_pages())
            return false;
        options_.recover.dry_run = false;
        Recovery recovery = TRY(Recovery::begin(source, path, options_.recover));
        TRY(recovery.run(options_.progress));
        report_.recovery = recovery.report();
        if (report_.recovery.outcome == RecoverOutcome::nothing)
            report_.outcome = InPlaceOutcome::nothing_came_back;
        else if (is_incomplete_member(report_) && !options_.allow_incomplete_member)
            report_.outcome = InPlaceOutcome::incomplete_member;
        else
            return true;
        return false;
    }

    Result<void> put_in_place(const io::File& old, const io::Folder& work,
                              const io::FileStamp& stamp) {
        const auto made = TRY(work.open(new_name));
        TRY(io::copy_attributes(old, *made));
        TRY(io::FileWriter(made).sync_all());
        const io::AsideFile aside = TRY(io::set_aside(place_, io::damaged_word, stamp));
        const salvage::ReplacementRecord record{.title = "rebolt recover --in-place",
                                                .set_aside = aside.name,
                                                .old_file = stamp,
                                                .new_file =
                                                    io::stamp_of(TRY(work.status(new_name)))};
        constexpr std::uint32_t owner_alone = 0600; // until it is as the file
        auto undo = TRY(io::NewFile::create(undo_path(path_), owner_alone));
        TRY(undo.take_attributes(old));
        TRY(undo.append(encode(record)));
        TRY(undo.put_in_place());
        TRY(place_.folder->take(work, new_name, place_.name));
        TRY(place_.folder->sync());
        report_.outcome = InPlaceOutcome::replaced;
        report_.set_aside = place_.folder->path_of(aside.name);
        return {};
    }

    std::string path_;
    std::string real_path_; ///< what a symbolic link leads to: that is replaced, not the link
    io::Place place_;
    InPlaceOptions options_;
    InPlaceReport report_;
};

} // namespace

std::string_view name_of(InPlaceOutcome outcome) noexcept {
    switch (outcome) {
    case InPlaceOutcome::replaced:
        return "replaced";
    case InPlaceOutcome::not_damaged:
        return "not-damaged";
    case InPlaceOutcome::nothing_came_back:
        return "nothing-came-back";
    case InPlaceOutcome::incomplete_member:
        return "incomplete-member";
    }
    return "unknown";
}

Result<InPlaceReport> recover_in_place(const std::string& path, InPlaceOptions options) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    if (failed)
        return io::system_error(failed.value(), "cannot open", path);
    return RecoveryInPlace(path, real.string(), std::move(options)).run();
}

} // namespace rebolt
