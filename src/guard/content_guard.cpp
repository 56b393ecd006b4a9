#include "guard/content_guard.hpp"

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include <rebolt/containerd/content_store.hpp>
#include <rebolt/containerd/fsck.hpp>
#include <rebolt/containerd/metadata.hpp>

#include "base/try.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using containerd::Blob;

constexpr const char* kept_folder = "rebolt-kept-blobs";

// The file that containerd would find: which of the blobs it does not list.
Result<std::vector<Blob>> blobs_at_risk(const GuardReport& report, const std::string& root) {
    auto blobs = TRY(containerd::list_blobs(root));
    std::error_code failed;
    if (blobs.empty() || !fs::exists(report.path, failed) || fs::file_size(report.path) == 0)
        return blobs;
    const PageSource source = TRY(PageSource::open(report.path));
    return containerd::unlisted_blobs(TRY(containerd::load_metadata(source)), blobs);
}

std::string amount(const std::vector<Blob>& blobs) {
    std::uint64_t bytes = 0;
    for (const Blob& blob : blobs)
        bytes += blob.bytes;
    return fmt::format("{} {} ({} bytes)", blobs.size(), blobs.size() == 1 ? "blob" : "blobs",
                       bytes);
}

// A second link to each: containerd deletes the first alone.
Result<void> keep(const std::vector<Blob>& blobs, const std::string& root) {
    for (const Blob& blob : blobs) {
        const fs::path from = containerd::blob_path(root, blob.digest);
        const fs::path folder = fs::path(root) / kept_folder / from.parent_path().filename();
        std::error_code failed;
        fs::create_directories(folder, failed);
        if (!failed && !fs::exists(folder / from.filename(), failed))
            fs::create_hard_link(from, folder / from.filename(), failed);
        if (failed)
            return Error(ErrorCode::io, "the blob cannot be kept: " + failed.message())
                .in_file(from.string());
    }
    return {};
}

void refuse(GuardReport& report, std::string line) {
    report.outcome = GuardOutcome::refused;
    report.may_start = false;
    report.line = std::move(line);
}

void guard_absent(GuardReport& report, const std::string& root, const std::vector<Blob>& blobs) {
    const std::string folder = containerd::blob_folder(root);
    refuse(report,
           fmt::format("{}; {} of images are there, and containerd's garbage collector deletes "
                       "every blob that this file does not list. Put the file back, or, to start "
                       "with an empty one, keep the blobs first: cp -al {} {}.kept && mv {} "
                       "{}.old",
                       report.line, amount(blobs), folder, folder, folder, folder));
}

void guard_replaced(GuardReport& report, const std::string& root, const std::vector<Blob>& blobs) {
    if (const auto kept = keep(blobs, root); !kept)
        return refuse(report, fmt::format("{}; {} are not listed in it, which containerd's garbage "
                                          "collector would delete, and they could not be kept: {}",
                                          report.line, amount(blobs), kept.error().to_text()));
    report.line += fmt::format("; {} are not listed in it, which containerd's garbage collector "
                               "would delete: they are kept in {}/{}",
                               amount(blobs), root, kept_folder);
}

} // namespace

void guard_content(const GuardOptions& options, GuardReport& report) {
    const std::string root = containerd::root_of(report.path);
    std::error_code failed;
    const bool is_empty =
        report.outcome == GuardOutcome::clean && fs::file_size(report.path, failed) == 0 && !failed;
    const bool is_gone = is_empty || report.outcome == GuardOutcome::absent ||
                         report.outcome == GuardOutcome::quarantined;
    if (root.empty() || (!is_gone && report.outcome != GuardOutcome::recovered))
        return;
    const auto blobs = blobs_at_risk(report, root);
    if (!blobs) {
        report.line +=
            fmt::format("; not compared with the content store: {}", blobs.error().to_text());
        return;
    }
    if (blobs->empty())
        return;
    if (is_gone)
        guard_absent(report, root, *blobs);
    else if (!options.dry_run)
        guard_replaced(report, root, *blobs);
}

} // namespace rebolt::guard
