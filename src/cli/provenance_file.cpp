#include "cli/provenance_file.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "cli/json_output.hpp"
#include "cli/private_file.hpp"

namespace rebolt::cli {

ProvenanceFile::ProvenanceFile(std::string path, std::vector<std::string> donors)
    : path_(std::move(path)), donors_(std::move(donors)) {}

ProvenanceFile::~ProvenanceFile() {
    if (file_ != nullptr)
        std::fclose(file_);
}

Result<void> ProvenanceFile::create(bool replace) {
    auto file = create_private_file(path_, replace);
    if (!file)
        return std::move(file).error();
    file_ = *file;
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
