#include "cli/content_line.hpp"

#include <algorithm>

#include "cli/key_format.hpp"
#include "cli/printable.hpp"
#include "report/parsed_object.hpp"

namespace rebolt::cli {
namespace {

using report::ParsedObject;

Error wrong_line(std::string message) {
    return Error(ErrorCode::invalid_argument, std::move(message));
}

// `name`, or `name_hex`.
Result<std::string> bytes_of(const ParsedObject& object, const std::string& name) {
    if (auto text = object.text(name))
        return *std::move(text);
    if (const auto hex = object.text(name + "_hex"))
        return parsed(*hex, ParseFormat::hex);
    return wrong_line("`" + name + "` or `" + name + "_hex` must be there, as a string");
}

Result<std::vector<std::string>> names_of(const ParsedObject& object) {
    if (auto names = object.texts("bucket"))
        return *std::move(names);
    auto names = object.texts("bucket_hex");
    if (!names)
        return wrong_line("`bucket` or `bucket_hex` must be there, as an array of names");
    for (std::string& name : *names) {
        auto bytes = parsed(name, ParseFormat::hex);
        if (!bytes)
            return bytes.error().code() == ErrorCode::invalid_argument
                       ? wrong_line("`bucket_hex`: " + bytes.error().message())
                       : std::move(bytes).error();
        name = *std::move(bytes);
    }
    return *std::move(names);
}

Result<ContentLine> bucket_of(std::vector<std::string> names, const ParsedObject& object) {
    if (names.empty())
        return wrong_line("a bucket has a name: `bucket` is empty");
    ContentLine line;
    line.is_bucket = true;
    line.key = std::move(names.back());
    names.pop_back();
    line.bucket = std::move(names);
    const auto sequence = object.number("sequence");
    if (!sequence)
        return wrong_line("`sequence` must be a whole number");
    line.sequence = *sequence;
    return line;
}

Result<ContentLine> content_of(const ParsedObject& object) {
    auto names = names_of(object);
    if (!names)
        return std::move(names).error();
    if (object.has("sequence"))
        return bucket_of(*std::move(names), object);
    ContentLine line;
    line.bucket = *std::move(names);
    auto key = bytes_of(object, "key");
    if (!key)
        return std::move(key).error();
    auto value = bytes_of(object, "value");
    if (!value)
        return std::move(value).error();
    line.key = *std::move(key);
    line.value = *std::move(value);
    return line;
}

} // namespace

void put_names(Document& json, const std::string& name, const std::vector<std::string>& names) {
    if (std::ranges::all_of(names, [](const std::string& one) { return is_utf8(one); })) {
        json[name] = names;
        return;
    }
    json[name + "_hex"] = array_of(
        names, [](const std::string& one) { return Document(formatted(one, KeyFormat::hex)); });
}

Document content_json(const ContentItem& item) {
    Document json = Document::object();
    std::vector<std::string> names(item.bucket.begin(), item.bucket.end());
    if (item.is_bucket) {
        names.emplace_back(item.key);
        put_names(json, "bucket", names);
        json["sequence"] = item.sequence;
        return json;
    }
    put_names(json, "bucket", names);
    put_bytes(json, "key", item.key, KeyFormat::automatic);
    put_bytes(json, "value", item.value, KeyFormat::automatic);
    return json;
}

Result<DumpLine> parse_dump_line(std::string_view text) {
    const auto object = ParsedObject::of(text);
    if (!object)
        return wrong_line("this is not a JSON object");
    DumpLine line;
    if (object->has("shape")) {
        if (object->text("shape") != "rebolt.dump-text/1")
            return wrong_line("the shape is not `rebolt.dump-text/1`");
        line.kind = DumpLine::Kind::head;
        line.page_size_bytes = object->number("page_size").value_or(0);
    } else if (object->has("items")) {
        line.kind = DumpLine::Kind::end;
        line.items = object->number("items").value_or(0);
    } else {
        auto content = content_of(*object);
        if (!content)
            return std::move(content).error();
        line.content = *std::move(content);
    }
    return line;
}

} // namespace rebolt::cli
