#include "cli/json_output.hpp"

#include "cli/output.hpp"

namespace rebolt::cli {

void print_json_line(const Document& json) {
    // What is no UTF-8 is replaced, never a failure.
    print(json.line() + "\n");
}

Document error_json(const Error& error) {
    const Finding* finding = error.finding();
    if (finding == nullptr)
        return {{"code", name_of(error.code())}, {"message", error.message()}};
    Document bucket = Document::array();
    for (const std::string& name : finding->place.bucket)
        bucket.push_back(printable(name));
    Document path = Document::array();
    for (const PageId page : finding->place.path)
        path.push_back(number(page));
    Document json{{"code", text_of(finding->code).name}, {"severity", name_of(finding->severity)}};
    json["page"] = finding->place.page ? Document(number(*finding->place.page)) : Document(nullptr);
    json["offset"] = finding->place.offset ? Document(*finding->place.offset) : Document(nullptr);
    json["bucket"] = std::move(bucket);
    json["path"] = std::move(path);
    json["message"] = finding->message;
    return json;
}

} // namespace rebolt::cli
