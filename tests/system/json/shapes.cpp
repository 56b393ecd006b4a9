#include "system/json/shapes.hpp"

#include <filesystem>
#include <fstream>

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace rebolt::test {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// Readers accept members that a later version adds; the writer of today has none.
void close_objects(json& schema) {
    if (schema.is_object() && schema.contains("properties") && schema["properties"].is_object() &&
        !schema.contains("additionalProperties"))
        schema["additionalProperties"] = false;
    for (json& part : schema)
        if (part.is_structured())
            close_objects(part);
}

std::string faults_by(const json& schema_text, const json& document) {
    json closed = schema_text;
    close_objects(closed);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(Adapter(closed), schema);
    valijson::ValidationResults results;
    if (valijson::Validator().validate(schema, Adapter(document), &results))
        return {};
    std::string text;
    for (const auto& error : results) {
        for (const std::string& step : error.context)
            text += step;
        text += ": " + error.description + "\n";
    }
    return text;
}

} // namespace

Shapes::Shapes() {
    for (const auto& entry : std::filesystem::directory_iterator(REBOLT_SOURCE_DIR "/schemas")) {
        json schema = json::parse(std::ifstream(entry.path()));
        schemas_.emplace(schema.at("title"), std::move(schema));
    }
}

std::string Shapes::fault_of(const std::string& text) const {
    if (!text.starts_with("{\"shape\":"))
        return "a document begins with its shape: " + text.substr(0, 100);
    const json document = json::parse(text, nullptr, false);
    return document.is_discarded() ? "this is not one document of JSON: " + text.substr(0, 100)
                                   : fault_of(document);
}

std::string Shapes::fault_of(const json& document) const {
    const std::string shape = document.at("shape");
    const auto schema = schemas_.find(shape);
    return schema == schemas_.end() ? "no schema has the title " + shape
                                    : faults_by(schema->second, document);
}

} // namespace rebolt::test
