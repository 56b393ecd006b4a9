#include "guard/replacement.hpp"

#include <utility>

#include <fmt/format.h>

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/restore_values.hpp>

#include "base/try.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t owner_alone = 0600; // until it is in its place

Result<void> copy_to(const std::string& from, const ReplacementRequest& request) {
    const auto source = TRY(io::File::open_for_reading(from));
    auto file = TRY(io::NewFile::create(request.path, owner_alone));
    TRY(file.copy_content(*source, [&] { return Clock::now() < request.deadline; }));
    return file.put_in_place();
}

// Runs fsck on the file together with the containers' own files.
Result<docker::FsckReport> compare(const std::string& path, const std::string& docker_root) {
    const docker::Containers containers = TRY(docker::load_containers(docker_root));
    const PageSource source = TRY(PageSource::open(path));
    return docker::fsck(TRY(docker::load_network_state(source)), &containers);
}

Result<void> require_clean(const std::string& path) {
    const PageSource source = TRY(PageSource::open(path));
    const CheckReport checked = TRY(check(source));
    if (checked.verdict != Verdict::clean)
        return Error(ErrorCode::damaged, sentence(checked)).in_file(path);
    return {};
}

Result<std::uint64_t> mend(const ReplacementRequest& request) {
    const docker::FsckReport found = TRY(compare(request.path, request.docker_root));
    if (found.changes.empty())
        return std::uint64_t{0};
    TRY(docker::mend_records(request.path, found));
    TRY(require_clean(request.path));
    return static_cast<std::uint64_t>(found.changes.size());
}

// If nothing is readable: from a snapshot, or from the containers' files.
Result<Replacement> make_from_elsewhere(const ReplacementRequest& request, Error why) {
    Replacement made{.path = request.path, .recovery = {}, .restored_from = {}, .note = {}};
    if (!request.recover.donors.empty()) {
        made.restored_from = request.recover.donors.front();
        TRY(copy_to(made.restored_from, request));
        return made;
    }
    if (request.docker_root.empty())
        return why;
    TRY(docker::make_network_state(request.path, owner_alone));
    const docker::FsckReport found = TRY(compare(request.path, request.docker_root));
    if (found.changes.empty())
        return why;
    return made; // still empty: mend() fills it
}

bool has_only_lost_and_found(const RecoverReport& report) {
    return report.lost_and_found.total() == report.counts.total();
}

Result<Replacement> recover(const PageSource& source, const ReplacementRequest& request) {
    RecoverOptions options = request.recover;
    options.file_mode = owner_alone;
    options.deadline = request.deadline;
    auto begun = Recovery::begin(source, request.path, std::move(options));
    if (!begun) {
        if (begun.error().code() != ErrorCode::damaged)
            return std::move(begun).error();
        return make_from_elsewhere(request, std::move(begun).error());
    }
    TRY(begun->run());
    const RecoverReport& report = begun->report();
    if (report.counts.is_empty() && report.outcome != RecoverOutcome::all)
        return make_from_elsewhere(
            request, Error(ErrorCode::damaged, "no key in it can be read").in_file(source.path()));
    if (!report.lost_and_found.is_empty() && has_only_lost_and_found(report))
        return make_from_elsewhere(request,
                                   Error(ErrorCode::damaged,
                                         "no key in it can be put in its bucket: the service would "
                                         "see nothing; rebolt recover writes them to lost+found")
                                       .in_file(source.path()));
    return Replacement{
        .path = request.path, .recovery = begun->report(), .restored_from = {}, .note = {}};
}

} // namespace

bool Replacement::is_complete() const noexcept {
    return recovery && recovery->is_loss_known && recovery->lost_estimate == 0 &&
           recovery->counts.is_all_current();
}

Result<Replacement> make_replacement(const PageSource& source, const ReplacementRequest& request) {
    auto recovered = recover(source, request);
    if (!recovered && recovered.error().code() == ErrorCode::damaged)
        recovered = make_from_elsewhere(request, std::move(recovered).error());
    Replacement made = TRY(std::move(recovered));
    made.values = TRY(restore_values(made.path, request.recover.donors, request.recover.owners));
    if (request.docker_root.empty())
        return made;
    const auto mended = mend(request);
    if (mended)
        made.records_mended = *mended;
    else if (mended.error().code() != ErrorCode::file_not_found) // there are no containers' files
        made.note =
            fmt::format("; not compared with the containers' files: {}", mended.error().to_text());
    return made;
}

Result<Replacement> rebuild_replacement(const ReplacementRequest& request) {
    Replacement made = TRY(make_from_elsewhere(
        request,
        Error(ErrorCode::damaged, "the containers' files tell of no network that can be rebuilt")));
    made.records_mended = TRY(mend(request));
    return made;
}

} // namespace rebolt::guard
