// The order, and why a crash at any moment does no harm: the old file has its
// second name, and the undo file is there, before the new file takes its place. Each
// step is synced before the next.
#include <rebolt/recover_in_place.hpp>

#include <filesystem>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/undo.hpp>

#include "base/try.hpp"
#include "io/new_file.hpp"
#include "io/set_aside.hpp"
#include "salvage/in_place.hpp"
#include "salvage/replacement_record.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

// The recovered file before it has its name; removed unless it gets one.
class Recovered {
public:
    explicit Recovered(const std::string& path)
        : path_(fmt::format("{}.recovered-{}{}", path, ::getpid(), io::NewFile::suffix)) {}
    Recovered(const Recovered&) = delete;
    Recovered& operator=(const Recovered&) = delete;
    ~Recovered() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

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
        const io::FileStamp stamp = TRY(io::stamp_of(real_path_));
        const Recovered made(real_path_);
        if (!TRY(make(made.path())))
            return std::move(report_);
        TRY(require_no_repair_to_undo(path_));
        TRY(io::require_unchanged(real_path_, stamp));
        TRY(put_in_place(made.path(), stamp));
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
        options_.recover.file_mode = TRY(io::ownership_of(real_path_)).mode;
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

    Result<void> put_in_place(const std::string& made, const io::FileStamp& stamp) {
        const io::Ownership ownership = TRY(io::ownership_of(real_path_));
        const std::string aside = TRY(io::set_aside(real_path_, io::damaged_word, stamp));
        const salvage::ReplacementRecord record{.title = "rebolt recover --in-place",
                                                .set_aside = fs::path(aside).filename().string(),
                                                .old_file = stamp,
                                                .new_file = TRY(io::stamp_of(made))};
        auto undo = TRY(io::NewFile::create(undo_path(path_), ownership.mode));
        TRY(undo.append(encode(record)));
        TRY(undo.put_in_place());
        TRY(io::put_in_place(made, real_path_, ownership));
        report_.outcome = InPlaceOutcome::replaced;
        report_.set_aside = aside;
        return {};
    }

    std::string path_;
    std::string real_path_; ///< what a symbolic link leads to: that is replaced, not the link
    InPlaceOptions options_;
    InPlaceReport report_;
};

} // namespace

Result<InPlaceReport> recover_in_place(const std::string& path, InPlaceOptions options) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    if (failed)
        return io::system_error(failed.value(), "cannot open", path);
    return RecoveryInPlace(path, real.string(), std::move(options)).run();
}

} // namespace rebolt
