#include "report/trouble.hpp"

#include <optional>

namespace rebolt::report {
namespace {

Document page_or_null(const std::optional<PageId>& page) {
    return page ? Document(number(*page)) : Document(nullptr);
}

} // namespace

Document text_or_null(const std::string& text) {
    return text.empty() ? Document(nullptr) : Document(text);
}

Document finding_document(const Finding& finding) {
    const Place& place = finding.place;
    return {
        {"code", text_of(finding.code).name},
        {"severity", name_of(finding.severity)},
        {"page", page_or_null(place.page)},
        {"offset", place.offset ? Document(*place.offset) : Document(nullptr)},
        {"bucket", array_of(place.bucket, [](const std::string& name) { return printable(name); })},
        {"path", array_of(place.path, [](PageId page) { return number(page); })},
        {"transaction",
         finding.transaction ? Document(number(*finding.transaction)) : Document(nullptr)},
        {"message", finding.message},
        {"repeated", finding.repeated}};
}

Document error_document(const Error& error, const NextStep& next) {
    Document json{{"kind", name_of(error.code())},
                  {"message", error.message()},
                  {"file", text_or_null(error.file())},
                  {"advice", text_or_null(next.advice)},
                  {"next", text_or_null(next.command)}};
    if (error.finding() != nullptr)
        json["finding"] = finding_document(*error.finding());
    return json;
}

} // namespace rebolt::report
