#include "cli/json_output.hpp"

#include "cli/output.hpp"

namespace rebolt::cli {

void print_json_line(const Json& json) {
    // What is no UTF-8 is replaced, never a failure.
    print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Json error_json(const Error& error) {
    const Finding* finding = error.finding();
    if (finding == nullptr)
        return {{"code", name_of(error.code())}, {"message", error.message()}};
    Json bucket = Json::array();
    for (const std::string& name : finding->place.bucket)
        bucket.push_back(printable(name));
    Json path = Json::array();
    for (const PageId page : finding->place.path)
        path.push_back(number(page));
    Json json{{"code", text_of(finding->code).name}, {"severity", name_of(finding->severity)}};
    json["page"] = finding->place.page ? Json(number(*finding->place.page)) : Json(nullptr);
    json["offset"] = finding->place.offset ? Json(*finding->place.offset) : Json(nullptr);
    json["bucket"] = std::move(bucket);
    json["path"] = std::move(path);
    json["message"] = finding->message;
    return json;
}

} // namespace rebolt::cli
