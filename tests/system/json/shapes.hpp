// The schemas of schemas/: which document is of which shape.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace rebolt::test {

class Shapes {
public:
    Shapes();

    /// Why `text` is not one document of a shape that has a schema; empty: it is. A
    /// member that the schema does not name is a fault too.
    [[nodiscard]] std::string fault_of(const std::string& text) const;
    [[nodiscard]] std::string fault_of(const nlohmann::json& document) const;
    [[nodiscard]] const std::map<std::string, nlohmann::json>& schemas() const { return schemas_; }

private:
    std::map<std::string, nlohmann::json> schemas_; // by shape
};

} // namespace rebolt::test
