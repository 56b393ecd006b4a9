#include "cli/provenance_file.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "cli/json_output.hpp"

namespace rebolt::cli {

ProvenanceFile::ProvenanceFile(std::string path, std::vector<std::string> donors)
    : path_(std::move(path)), donors_(std::move(donors)) {}

ProvenanceFile::~ProvenanceFile() {
    if (file_ != nullptr)
        std::fclose(file_);
}

Result<void> ProvenanceFile::create(bool replace) {
    constexpr mode_t owner_alone = 0600;
    std::error_code ignored;
    if (replace &&
        std::filesystem::is_regular_file(std::filesystem::symlink_status(path_, ignored)))
        std::filesystem::remove(path_, ignored);
    const int descriptor =
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_alone);
    if (descriptor < 0 && errno == EEXIST)
        return Error(ErrorCode::invalid_argument,
                     "there is a file already; give another name, or --force to replace it")
            .in_file(path_);
    if (descriptor < 0)
        return Error(ErrorCode::io, fmt::format("cannot make the list of provenance: {}",
                                                std::generic_category().message(errno)))
            .in_file(path_);
    file_ = ::fdopen(descriptor, "wb");
    return state();
}

Result<void> ProvenanceFile::write(const RecoveredItem& item) {
    Document json;
    json["bucket"] = Document::array();
    for (const std::string& name : item.bucket)
        json["bucket"].push_back(printable(name));
    json["key"] = printable(item.key);
    if (item.is_bucket)
        json["is_bucket"] = true;
    json["provenance"] = name_of(item.provenance);
    if (item.is_partial)
        json["partial"] = true;
    if (item.provenance == Provenance::donor)
        json["donor"] = donors_.at(item.donor);
    else
        json["page"] = number(item.page);
    const std::string line = json.line() + "\n";
    has_failed_ |= std::fwrite(line.data(), 1, line.size(), file_) != line.size();
    return state();
}

Result<void> ProvenanceFile::finish() {
    has_failed_ |= std::fflush(file_) != 0;
    return state();
}

Result<void> ProvenanceFile::state() const {
    if (file_ != nullptr && !has_failed_)
        return {};
    return Error(ErrorCode::io, "the list of provenance could not be written").in_file(path_);
}

} // namespace rebolt::cli
