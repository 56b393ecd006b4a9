// A JSON object that is read: the way back from a Document's line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::report {

/// Members by name and kind. A member that is not there, or is of another kind, is
/// nullopt: has() tells them apart.
class ParsedObject {
public:
    /// nullopt: the text is not one JSON object. Cost: O(bytes).
    static std::optional<ParsedObject> of(std::string_view text);
    ParsedObject(ParsedObject&&) noexcept;
    ParsedObject& operator=(ParsedObject&&) noexcept;
    ~ParsedObject();

    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
    /// A whole number from 0 to 2^64 - 1.
    [[nodiscard]] std::optional<std::uint64_t> number(const std::string& name) const;
    /// An array of strings alone.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& name) const;

private:
    struct Json;
    explicit ParsedObject(std::unique_ptr<Json> json) noexcept;

    std::unique_ptr<Json> json_;
};

} // namespace rebolt::report
