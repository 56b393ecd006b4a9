#include "cli/commands/store/recovered_source.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <cstdlib>

#include <fmt/format.h>

#include <rebolt/store_url.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/recover_report.hpp"
#include "cli/progress.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> new_folder() {
    std::error_code failed;
    std::string folder = fs::temp_directory_path(failed) / "rebolt-store-XXXXXX";
    if (failed || ::mkdtemp(folder.data()) == nullptr)
        return Error(ErrorCode::io, fmt::format("cannot make a folder for temporary files: {}",
                                                failed ? failed.message() : std::strerror(errno)));
    return folder;
}

Result<RecoverReport> recover_to(const std::string& from, const std::string& to, bool is_quiet) {
    const auto source = PageSource::open(from);
    if (!source)
        return Error(source.error().code(), source.error().message()).in_file(from);
    RecoverOptions options;
    auto recovery = Recovery::begin(*source, to, std::move(options));
    if (!recovery)
        return std::move(recovery).error();
    Progress progress(ProgressUnit::pages, !is_quiet);
    auto done = recovery->run([&](const RecoverProgress& at) {
        progress.update(at.done, at.total, name_of(at.stage));
        return !cancelled();
    });
    if (!done)
        return std::move(done).error();
    return recovery->report();
}

} // namespace

Result<RecoveredSource> RecoveredSource::make(const std::string& url, bool is_quiet) {
    const auto parts = store::parse_url(url);
    if (!parts || parts->scheme != "bolt" || !parts->query.contains("bucket"))
        return Error(ErrorCode::invalid_argument,
                     "--recover is for files: bolt:///path/to/file.db?bucket=NAME");
    auto folder = new_folder();
    if (!folder)
        return std::move(folder).error();
    RecoveredSource made;
    made.folder_ = std::move(*folder);
    const std::string path = made.folder_ + "/recovered.db";
    auto report = recover_to(parts->path, path, is_quiet);
    if (!report)
        return std::move(report).error();
    made.report_ = std::move(*report);
    // The query as it was: bucket names are encoded in it already.
    made.url_ = "bolt://" + path + url.substr(url.find('?'));
    return made;
}

RecoveredSource::RecoveredSource(RecoveredSource&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), url_(std::move(other.url_)),
      report_(std::move(other.report_)) {}

RecoveredSource::~RecoveredSource() {
    std::error_code ignored;
    if (!folder_.empty())
        fs::remove_all(folder_, ignored);
}

std::string RecoveredSource::sentence() const {
    return recover_sentence({report_, url_, false});
}

} // namespace rebolt::cli
