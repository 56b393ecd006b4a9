#include "cli/json_output.hpp"

#include <algorithm>
#include <utility>

#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t errors_max = 100;

struct JsonOutput {
    bool is_wanted = false;
    bool is_printed = false;
    std::vector<Document> errors;
    std::uint64_t errors_left_out = 0;
    std::string incomplete;
};

JsonOutput json_output; // NOLINT(cert-err58-cpp): empty containers

// The last members of a document.
void put_trouble(Document& json) {
    if (!json_output.incomplete.empty())
        json["incomplete"] = json_output.incomplete;
    if (!json_output.errors.empty())
        json["errors"] = json_output.errors;
    if (json_output.errors_left_out != 0)
        json["errors_left_out"] = json_output.errors_left_out;
}

} // namespace

void begin_json(const std::vector<std::string>& arguments) {
    const auto end = std::ranges::find(arguments, "--");
    json_output.is_wanted = std::find(arguments.begin(), end, "--json") != end;
}

bool wants_json() noexcept {
    return json_output.is_wanted;
}

void print_document(Document json) {
    put_trouble(json);
    print_event_document(json);
}

void print_event_document(const Document& json) {
    json_output.is_printed = true;
    print(json.line() + "\n");
}

OpenDocument::OpenDocument(const Document& head, std::string_view name) {
    if (!wants_json())
        return;
    json_output.is_printed = true;
    std::string line = head.line();
    line.pop_back(); // the brace
    print(line + ",\"" + std::string(name) + "\":");
}

OpenDocument::~OpenDocument() {
    if (!wants_json())
        return;
    put_trouble(tail_);
    print((tail_.is_empty() ? "}" : "," + tail_.line().substr(1)) + "\n");
}

DocumentList::DocumentList(const Document& head, std::string_view name) : document_(head, name) {
    if (wants_json())
        print("[");
}

DocumentList::~DocumentList() {
    if (wants_json())
        print(is_empty_ ? "]" : "\n]");
}

void DocumentList::add(const Document& item) {
    print((std::exchange(is_empty_, false) ? "\n" : ",\n") + item.line());
}

void add_json_error(Document error) {
    if (!json_output.is_wanted)
        return;
    if (json_output.errors.size() < errors_max)
        json_output.errors.push_back(std::move(error));
    else
        ++json_output.errors_left_out;
}

void set_json_incomplete(std::string why) {
    json_output.incomplete = std::move(why);
}

void end_json() {
    if (!json_output.is_wanted || json_output.is_printed || json_output.errors.empty())
        return;
    Document json{{"shape", "rebolt.error/1"}};
    json.merge(json_output.errors.front());
    print_event_document(json);
}

} // namespace rebolt::cli
