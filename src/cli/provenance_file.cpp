#include "cli/provenance_file.hpp"

#include <utility>

#include "cli/json_output.hpp"

namespace rebolt::cli {

ProvenanceFile::ProvenanceFile(const std::string& path, std::vector<std::string> donors)
    : path_(path), donors_(std::move(donors)), file_(path, std::ios::binary | std::ios::trunc) {}

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
    file_ << json.line() << '\n';
    return state();
}

Result<void> ProvenanceFile::finish() {
    file_.flush();
    return state();
}

Result<void> ProvenanceFile::state() {
    if (file_)
        return {};
    return Error(ErrorCode::io, "the list of provenance could not be written").in_file(path_);
}

} // namespace rebolt::cli
